namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary>The command line answers for itself.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help", "demo")]
    [InlineData("serve --help", "--plant")]
    [InlineData("demo --help", "--history")]
    [InlineData("check --help", "plant.yaml")]
    [InlineData("replay --help", "--speed")]
    [InlineData("backtest --help", "oee")]
    [InlineData("journal --help", "verify")]
    [InlineData("journal dump --help", "--topic")]
    [InlineData("export --help", "--signal")]
    [InlineData("import --help", "--format")]
    [InlineData("version --help", "version")]
    [InlineData("version", "linewatch")]
    public async Task Every_command_answers_and_exits_0(string arguments, string expected)
    {
        (int exitCode, string output) = await LinewatchProcess.RunAsync(arguments.Split(' '));

        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serv")]
    [InlineData("demo --lines 0")]
    [InlineData("check no-such-file.yaml")]
    [InlineData("replay no-such-file.csv")]
    [InlineData("replay no-such-file.csv --speed fast")]
    public async Task Wrong_input_exits_2(string arguments)
    {
        (int exitCode, string output) = await LinewatchProcess.RunAsync(arguments.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.NotEmpty(output);
    }
}
