using Linewatch.Analytics.Oee;
using Linewatch.BottlingPlant;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Telemetry;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>Closed shifts, the first recorded in half, of the days before the three hours that <see cref="WebPlant"/> has behind it, as its engine would have kept them.</summary>
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
        Plant plant = web.Services.GetRequiredService<CurrentPlant>().Value;

        // Recording begins in the middle of a shift, as it does in every plant.
        ShiftInstance cut = plant.Lines[0].Shifts.Between(now.AddHours(-64), now.AddHours(-48)).First();
        DateTime begin = cut.Start + ((cut.End - cut.Start) / 2);
        VirtualPlant virtualPlant = new(new VirtualPlantOptions { Start = begin, Seed = 7, TimeZone = plant.TimeZone.Id, ProcessInterval = TimeSpan.FromHours(1) });
        Dictionary<string, LineEngine> engines = plant.Lines.ToDictionary(line => line.Id, line => new LineEngine(plant, line));
        RecordedDecoder decoder = new(plant);
        foreach (SimulatedMessage message in virtualPlant.Messages(begin, now.AddHours(-28)))
        {
            decoder.Decode(message.PublishTime, message.Topic, message.Payload.Span);
        }

        foreach (Reading reading in decoder.Batch.Readings.ToArray())
        {
            engines[reading.Signal.Path.Line].Accept(reading);
        }

        ShiftBook book = web.Services.GetRequiredService<ShiftBook>();
        List<ShiftRecord> kept = [];
        foreach (LineEngine engine in engines.Values)
        {
            foreach (ShiftInstance shift in engine.Line.Shifts.Between(begin, now.AddHours(-29)).Where(shift => shift.End < now.AddHours(-28.5)))
            {
                kept.Add(engine.Compute(shift));
                await book.KeepAsync(kept[^1], ShiftBook.Engine, "computed from the readings held", CancellationToken.None);
            }
        }

        return kept.First(shift => shift.Line == "line1" && shift.Start > begin);
    }
}
