namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// A result that is there as a whole or not at all: written beside its place as <c>.part</c> and renamed when complete. What lay there
/// before stays until then. Not thread-safe.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string _path;
    private readonly string _part;
    private readonly FileStream _stream;
    private long _mark;

    /// <param name="path">Where it goes; its folder is made if missing.</param>
    public ResultFile(string path)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _path = path;
        _part = path + ".part";
        _stream = new FileStream(_part, FileMode.Create);
        Text = new StreamWriter(_stream);
    }

    /// <summary>Takes its text; UTF-8.</summary>
    public StreamWriter Text { get; }

    /// <summary>What was written so far stays, whatever <see cref="Back"/> takes away.</summary>
    public void Mark()
    {
        Text.Flush();
        _mark = _stream.Position;
    }

    /// <summary>Takes away what was written since the last <see cref="Mark"/>.</summary>
    public void Back()
    {
        Text.Flush();
        _stream.SetLength(_mark);
        _stream.Position = _mark;
    }

    /// <summary>Puts it in its place.</summary>
    public void Complete()
    {
        Text.Dispose();
        File.Move(_part, _path, overwrite: true);
    }

    /// <summary>Closes it; without <see cref="Complete"/> nothing remains of it.</summary>
    public void Dispose()
    {
        try
        {
            Text.Dispose();
        }
        finally
        {
            File.Delete(_part);
        }
    }
}
