using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd;

/// <summary>The product itself, started as a user starts it.</summary>
public sealed partial class LinewatchProcess : ServerProcess
{
    private LinewatchProcess(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
        : base(program, arguments, environment)
    {
    }

    /// <summary>The product's binary, built in the same configuration as these tests.</summary>
    public static string Binary { get; } = Path.Combine(
        Tool.Repository, "dashboards/Server/bin", ConfigurationOf(AppContext.BaseDirectory), "net10.0/linewatch.dll");

    /// <summary>The benchmarks' binary of the same configuration.</summary>
    public static string Benchmarks { get; } = Path.Combine(
        Tool.Repository, "tests/Benchmarks/bin", ConfigurationOf(AppContext.BaseDirectory), "net10.0/Linewatch.Tests.Benchmarks.dll");

    /// <summary>Starts a long-running command (<c>serve</c>, <c>demo</c>).</summary>
    public static LinewatchProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        new("dotnet", [Binary, .. arguments], environment);

    /// <summary>Starts <c>./run</c> of a checkout, which builds first.</summary>
    public static LinewatchProcess StartRun(string checkout, IEnumerable<string> arguments) => new(Path.Combine(checkout, "run"), arguments);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using LinewatchProcess process = Start(arguments);
        await process.Process.WaitForExitAsync();
        return (process.Process.ExitCode, process.Output);
    }

    /// <summary>A client of its API on a loopback port.</summary>
    public static HttpClient Api(int port) => new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/"), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>
    /// Asks the API again and again until the answer satisfies the condition.
    /// </summary>
    /// <exception cref="TimeoutException">It did not within the limit; the message holds the last answer and what the process printed.</exception>
    public async Task<JsonElement> UntilAsync(HttpClient api, string path, Func<JsonElement, bool> condition, TimeSpan? limit = null)
    {
        long started = Stopwatch.GetTimestamp();
        string last = "no answer";
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(100));
        while (Stopwatch.GetElapsedTime(started) < (limit ?? TimeSpan.FromSeconds(90)))
        {
            try
            {
                using HttpResponseMessage response = await api.GetAsync(new Uri(path, UriKind.Relative));
                last = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                {
                    JsonElement answer = JsonSerializer.Deserialize<JsonElement>(last);
                    if (condition(answer))
                    {
                        return answer;
                    }
                }
            }
            catch (HttpRequestException exception)
            {
                last = exception.Message;
            }

            Assert.False(Process.HasExited, $"linewatch ended with code {(Process.HasExited ? Process.ExitCode : 0)}:\n{Output}");
            await poll.WaitForNextTickAsync();
        }

        throw new TimeoutException($"{path} never answered as expected. Last answer: {last}\nlinewatch printed:\n{Output}");
    }

    /// <summary>
    /// Ctrl-C; returns the exit code. Where whoever started the tests ignores Ctrl-C (nohup, a background job), the product
    /// inherits that, and SIGTERM asks the same of it.
    /// </summary>
    /// <exception cref="TimeoutException">It does not stop.</exception>
    public async Task<int> InterruptAsync()
    {
        foreach (string signal in (string[])["INT", "TERM"])
        {
            Signal(signal);
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
            try
            {
                await Process.WaitForExitAsync(limit.Token);
                return Process.ExitCode;
            }
            catch (OperationCanceledException)
            {
                // Not this one.
            }
        }

        throw new TimeoutException("linewatch does not stop:\n" + Output);
    }

    private static string ConfigurationOf(string folder) => ConfigurationInPath().Match(folder).Groups[1].Value;

    [GeneratedRegex(@"/bin/([^/]+)/net")]
    private static partial Regex ConfigurationInPath();
}
