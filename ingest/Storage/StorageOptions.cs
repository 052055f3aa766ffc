namespace Linewatch.Storage;

/// <summary>Where readings are kept; section <c>Linewatch:Storage</c>, environment <c>LINEWATCH__STORAGE__…</c>.</summary>
public sealed class StorageOptions
{
    /// <summary><c>sqlite</c> (default, embedded) or <c>influx</c>.</summary>
    public string Kind { get; set; } = "sqlite";

    /// <summary>SQLite: the database file; default <c>data/readings.db</c>. Its folder is created.</summary>
    public string Path { get; set; } = System.IO.Path.Combine("data", "readings.db");

    /// <summary>InfluxDB: address of its HTTP API, http or https; default <c>http://127.0.0.1:8086</c>.</summary>
    public string Url { get; set; } = "http://127.0.0.1:8086";

    /// <summary>
    /// InfluxDB: API token of 2.x and 3.x, or <c>user:password</c> of a 1.x that asks for one; default none. Never logged.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>InfluxDB: database (1.x) or bucket (2.x, 3.x); default <c>linewatch</c>; 1 to 64 letters, digits, <c>_</c>, <c>-</c>.</summary>
    public string Database { get; set; } = "linewatch";

    /// <summary>InfluxDB 2.x: organisation that owns the bucket; default <c>linewatch</c>.</summary>
    public string Organization { get; set; } = "linewatch";

    /// <summary>InfluxDB: version of the write API, 1 or 2 (which 3.x speaks too); default: 2 with a token that is not user:password, else 1.</summary>
    public int? Api { get; set; }

    /// <summary>InfluxDB: whether database or bucket, retention and DBRP mapping may be created; default true.</summary>
    public bool Create { get; set; } = true;

    /// <summary>InfluxDB: <c>auto</c> (default: gzip except to this machine itself), <c>on</c> or <c>off</c>.</summary>
    public string Compression { get; set; } = "auto";

    /// <summary>Days that raw readings are kept, 0 (for ever) to 36,500; default 90.</summary>
    public int RetentionDays { get; set; } = 90;

    /// <summary>Most points sent or committed at once, 100 to 50,000; default 10,000.</summary>
    public int BatchSize { get; set; } = 10_000;

    /// <summary>Longest time that a writer gathers readings before it stores them, 1 to 10,000 ms; default 200.</summary>
    public int FlushMilliseconds { get; set; } = 200;

    /// <summary>InfluxDB: parallel writing connections, 1 to 8; default 2.</summary>
    public int Connections { get; set; } = 2;

    /// <summary>InfluxDB: longest wait for an answer, 1 to 600 s; default 30.</summary>
    public int TimeoutSeconds { get; set; } = 30;

    internal bool IsInflux => string.Equals(Kind, "influx", StringComparison.OrdinalIgnoreCase);

    internal bool UsesApi2 => Api == 2 || (Api is null && !string.IsNullOrEmpty(Token) && !Token.Contains(':', StringComparison.Ordinal));

    internal bool Compresses => Compression.ToUpperInvariant() switch
    {
        "ON" => true,
        "OFF" => false,
        _ => !new Uri(Url).IsLoopback,
    };
}
