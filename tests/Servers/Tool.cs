using Xunit;

namespace Linewatch.Tests.Servers;

/// <summary>Real programs that tests need; a test without its program is skipped and says so.</summary>
public static class Tool
{
    /// <summary>Full path of a program on PATH or in /usr/sbin, or null.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    /// <summary>Full path of a program; skips the test where it is missing. The test is a <c>[SkippableFact]</c>.</summary>
    public static string Require(string program)
    {
        string? path = Find(program);
        Skip.If(path is null, $"needs {program}, which is not installed");
        return path!;
    }

    /// <summary>
    /// A file or folder of the shared public data sets: under <c>LINEWATCH_SHARED</c>, or <c>../shared</c> beside the
    /// repository; skips the test where it is absent.
    /// </summary>
    public static string RequireShared(string relative)
    {
        string root = Environment.GetEnvironmentVariable("LINEWATCH_SHARED") ?? Path.Combine(Repository, "..", "shared");
        string path = Path.GetFullPath(Path.Combine(root, relative));
        Skip.IfNot(Path.Exists(path), $"needs the public data set {relative}; set LINEWATCH_SHARED to the folder that holds it");
        return path;
    }

    /// <summary>The root of this repository: the folder above the test's binaries that holds Linewatch.slnx.</summary>
    public static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Linewatch.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("the tests run outside the repository: no Linewatch.slnx above " + AppContext.BaseDirectory);
    }
}
