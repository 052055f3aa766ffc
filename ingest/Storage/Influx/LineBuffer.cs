using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Linewatch.Telemetry;

namespace Linewatch.Storage.Influx;

/// <summary>
/// Line protocol in a pooled buffer. Successive readings of one machine and event time become one line with several fields,
/// which costs the database a fraction of as many lines. One thread at a time; dispose once.
/// </summary>
internal sealed class LineBuffer : IDisposable
{
    /// <summary>Most fields in one line; beyond, a line more costs nothing.</summary>
    private const int MaximumFields = 64;

    private readonly InfluxSignal[] _fields = new InfluxSignal[MaximumFields];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(256 * 1024);
    private int _length;
    private int _fieldCount;
    private DateTime _eventTime;
    private int _repeat;

    /// <summary>Number of lines begun.</summary>
    public int Lines { get; private set; }

    /// <summary>Bytes so far.</summary>
    public int Length => _length;

    /// <summary>Adds a reading that <see cref="StorableReading"/> has passed.</summary>
    public void Append(in Reading reading, InfluxSignal signal)
    {
        int text = reading.Text is { } value ? LineText.MaximumQuoted(value) : LineNumber.MaximumLength;
        Reserve(signal.Machine.Prefix.Length + signal.Stale.Length + text + LineNumber.MaximumLength + 3);
        if (!Continues(signal, reading))
        {
            EndLine();
            WritePrefix(signal.Machine, reading.Repeat);
            _eventTime = reading.EventTime;
            _repeat = reading.Repeat;
            Lines++;
        }
        else
        {
            _bytes[_length++] = (byte)',';
        }

        _fields[_fieldCount++] = signal;
        AppendField(reading, signal);
    }

    /// <summary>Adds a derived point; returns false when it has no field with a value.</summary>
    public bool Append(DerivedPoint point)
    {
        StringBuilder head = new(LineText.Measurement(point.Measurement));
        foreach ((string name, string value) in point.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            head.Append(',').Append(LineText.Key(name)).Append('=').Append(LineText.Key(value));
        }

        EndLine();
        int start = _length;
        WriteText(head.Append(' ').ToString());
        int fields = _length;
        foreach ((string name, object value) in point.Fields)
        {
            if (StorablePoint.Value(value) is { } kept)
            {
                WriteText((_length == fields ? "" : ",") + LineText.Key(name) + "=");
                WriteValue(kept);
            }
        }

        if (_length == fields)
        {
            _length = start;
            return false;
        }

        Reserve(LineNumber.MaximumLength + 2);
        _eventTime = point.EventTime;
        _fieldCount = 1;
        EndLine();
        Lines++;
        return true;
    }

    /// <summary>Ends the last line and gives what was written; valid until <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        EndLine();
        return _bytes.AsMemory(0, _length);
    }

    /// <summary>Starts anew in the same buffer.</summary>
    public void Clear()
    {
        _length = 0;
        _fieldCount = 0;
        Lines = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void WritePrefix(InfluxMachine machine, int repeat)
    {
        Write(machine.Prefix);
        if (repeat > 0)
        {
            // The point that came first keeps the series without this tag.
            _length--;
            WriteText(string.Create(CultureInfo.InvariantCulture, $",{InfluxSeries.RepeatTag}={repeat} "));
        }
    }

    private bool Continues(InfluxSignal signal, in Reading reading)
    {
        if (_fieldCount is 0 or MaximumFields || reading.EventTime != _eventTime || reading.Repeat != _repeat || !ReferenceEquals(_fields[0].Machine, signal.Machine))
        {
            return false;
        }

        // A field twice in a line leaves open which of them holds; in a line of its own the later one does.
        return !_fields.AsSpan(0, _fieldCount).Contains(signal);
    }

    private void AppendField(in Reading reading, InfluxSignal signal)
    {
        if (reading.Text is { } text)
        {
            Write(signal.Text);
            _length += LineText.WriteQuoted(text, _bytes.AsSpan(_length));
        }
        else if (double.IsNaN(reading.Value))
        {
            Write(signal.Stale);
        }
        else
        {
            Write(signal.Number);
            _length += LineNumber.Write(reading.Value, _bytes.AsSpan(_length));
        }
    }

    private void WriteValue(object value)
    {
        switch (value)
        {
            case double number:
                Reserve(LineNumber.MaximumLength);
                _length += LineNumber.Write(number, _bytes.AsSpan(_length));
                break;
            case bool flag:
                WriteText(flag ? "true" : "false");
                break;
            default:
                string text = (string)value;
                Reserve(LineText.MaximumQuoted(text));
                _length += LineText.WriteQuoted(text, _bytes.AsSpan(_length));
                break;
        }
    }

    private void EndLine()
    {
        if (_fieldCount == 0)
        {
            return;
        }

        _bytes[_length++] = (byte)' ';
        Utf8Formatter.TryFormat(UnixTime.ToNanoseconds(_eventTime), _bytes.AsSpan(_length), out int written);
        _length += written;
        _bytes[_length++] = (byte)'\n';
        _fieldCount = 0;
    }

    private void WriteText(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Makes room for so many bytes and for the end of the line before them.</summary>
    private void Reserve(int bytes)
    {
        int needed = _length + bytes + LineNumber.MaximumLength + 2;
        if (needed <= _bytes.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
