using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Consuming;

/// <summary>
/// Handles a batch of readings. When it returns, the batch counts as done for good; when it throws, the same batch comes
/// again later, so its effects must bear repeating (series + event time, or <see cref="ReadingBatch.Through"/>, are the keys).
/// </summary>
public delegate ValueTask ReadingHandler(ReadingBatch batch, CancellationToken cancellationToken);
