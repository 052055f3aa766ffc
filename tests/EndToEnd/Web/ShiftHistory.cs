using System.Text;
using Linewatch.Analytics.Oee;
using Linewatch.BottlingPlant;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>Closed shifts of the days before the three hours that <see cref="WebPlant"/> has behind it, as its engine would have kept them.</summary>
public sealed class ShiftHistory : IDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private ShiftRecord? _first;

    /// <summary>Adds them once; returns the first whole shift of line 1.</summary>
    public async Task<ShiftRecord> AddAsync(WebPlant web)
    {
        await _once.WaitAsync();
        try
        {
            return _first ??= await FillAsync(web);
        }
        finally
        {
            _once.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _once.Dispose();

    private static async Task<ShiftRecord> FillAsync(WebPlant web)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        VirtualPlant virtualPlant = new(new VirtualPlantOptions { Start = now.AddHours(-60), Seed = 7, ProcessInterval = TimeSpan.FromHours(1) });
        Plant plant = web.Services.GetRequiredService<CurrentPlant>().Value;
        Dictionary<string, LineEngine> engines = plant.Lines.ToDictionary(line => line.Id, line => new LineEngine(plant, line));
        MessageDecoder decoder = new(plant);
        ReadingBatch batch = new() { Plant = plant };
        byte[] record = new byte[4096];
        long ordinal = 0;
        foreach (SimulatedMessage message in virtualPlant.Messages(now.AddHours(-60), now.AddHours(-28)))
        {
            decoder.Decode(JournalRecord.Rebuild(ref record, ordinal++, message.PublishTime, Encoding.UTF8.GetBytes(message.Topic), message.Payload.Span), batch);
        }

        foreach (Reading reading in batch.Readings.ToArray())
        {
            engines[reading.Signal.Path.Line].Accept(reading);
        }

        ShiftBook book = web.Services.GetRequiredService<ShiftBook>();
        List<ShiftRecord> kept = [];
        foreach (LineEngine engine in engines.Values)
        {
            foreach (ShiftInstance shift in engine.Line.Shifts.Between(now.AddHours(-60), now.AddHours(-29)).Where(shift => shift.Start > now.AddHours(-60) && shift.End < now.AddHours(-28.5)))
            {
                kept.Add(engine.Compute(shift));
                await book.KeepAsync(kept[^1], ShiftBook.Engine, "computed from the readings held", CancellationToken.None);
            }
        }

        return kept.First(shift => shift.Line == "line1");
    }
}
