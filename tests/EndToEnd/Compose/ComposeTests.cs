using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Compose;

public sealed class ComposeTests
{
    private static readonly string Example = Path.Combine(Tool.Repository, ".env.example");

    [SkippableFact]
    public async Task Compose_file_is_valid_with_the_example_environment()
    {
        (int code, string output) = await ConfigAsync("--env-file", Example);

        Assert.True(code == 0, output);
        Assert.Contains("LINEWATCH__STORAGE__TOKEN: replace-me-2", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Compose_file_without_secrets_is_refused_and_says_what_to_do()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["empty.env"], "");

        (int code, string output) = await ConfigAsync("--env-file", folder["empty.env"]);

        Assert.NotEqual(0, code);
        Assert.Contains("copy .env.example to .env", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_are_pinned_to_a_version()
    {
        string[] images = [.. Lines().Where(line => line.StartsWith("image:", StringComparison.Ordinal)).Select(line => line["image:".Length..].Trim())];

        Assert.NotEmpty(images);
        Assert.All(images, image => Assert.Matches(@"^[a-z/-]+:\d+\.\d+\.\d+$", image));
    }

    [Fact]
    public void Files_that_are_mounted_or_built_exist()
    {
        string[] paths =
        [
            .. Lines().Where(line => line.StartsWith("- ./", StringComparison.Ordinal)).Select(line => line[2..].Split(':')[0]),
            .. Lines().Where(line => line.StartsWith("dockerfile:", StringComparison.Ordinal)).Select(line => line.Split(':')[1].Trim()),
        ];

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Tool.Repository, path)), $"{path} does not exist"));
    }

    [Fact]
    public void Ports_are_opened_on_this_machine_only_unless_told_otherwise()
    {
        string[] ports = [.. Lines().Where(line => line.StartsWith("- \"", StringComparison.Ordinal))];

        Assert.NotEmpty(ports);
        Assert.All(ports, port => Assert.StartsWith("- \"${LINEWATCH_BIND:-127.0.0.1}:", port, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Lines() =>
        File.ReadLines(Path.Combine(Tool.Repository, "docker-compose.yml")).Select(line => line.Trim());

    private static async Task<(int Code, string Output)> ConfigAsync(params string[] arguments)
    {
        await using ServerProcess compose = new(
            Tool.Require("docker-compose"), ["-f", Path.Combine(Tool.Repository, "docker-compose.yml"), .. arguments, "config"]);
        await compose.Process.WaitForExitAsync();
        return (compose.Process.ExitCode, compose.Output);
    }
}
