using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>A file system of a few MiB in memory that can be filled to the last byte. Needs the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder["disk"];

    /// <summary>Makes one; skips the test where that is not possible.</summary>
    public static SmallDisk Mount(int mebibytes)
    {
        SmallDisk disk = new();
        Directory.CreateDirectory(disk.Path);
        bool works = Run("mount", "-t", "tmpfs", "-o", FormattableString.Invariant($"size={mebibytes}m"), "tmpfs", disk.Path);
        Skip.IfNot(works, "needs the right to mount a tmpfs (root)");
        return disk;
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using FileStream filler = new(Filler, FileMode.Create);
        byte[] bytes = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(bytes);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full: that is the purpose.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using System.Diagnostics.Process run = System.Diagnostics.Process.Start(Tool.Require(program), arguments);
        run.WaitForExit();
        return run.ExitCode == 0;
    }
}
