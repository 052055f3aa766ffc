using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Linewatch.Storage.Sqlite;

/// <summary>
/// A prepared statement below ADO.NET, whose parameters cost more than the insert itself. Used by one thread at a time.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("the connection is closed");
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    public void Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    /// <summary>Whole numbers are bound as integers: shorter on disk, and the same double when read back. -0.0 is not whole.</summary>
    public void BindNumber(int index, double value)
    {
        const double Exact = 1L << 53;
        long whole = (long)value;
        Check(Math.Abs(value) <= Exact && whole == value && (whole != 0 || !double.IsNegative(value))
            ? raw.sqlite3_bind_int64(_statement, index, whole)
            : raw.sqlite3_bind_double(_statement, index, value));
    }

    public void BindNull(int index) => Check(raw.sqlite3_bind_null(_statement, index));

    public void BindText(int index, string text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, rented);
        Check(raw.sqlite3_bind_text(_statement, index, rented.AsSpan(0, length)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Runs it and makes it ready for the next parameters.</summary>
    public void Run()
    {
        int code = raw.sqlite3_step(_statement);
        int reset = raw.sqlite3_reset(_statement);
        Check(code is raw.SQLITE_DONE or raw.SQLITE_ROW ? reset : code);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
    }
}
