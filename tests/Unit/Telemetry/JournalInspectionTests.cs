using System.Text;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class JournalInspectionTests
{
    [Fact]
    public async Task Info_tells_segments_and_cursors_while_the_journal_runs()
    {
        await using Bench bench = new(options => options.SegmentBytes = 64 << 10);
        using JournalReader reader = bench.Journal.OpenReader("store");
        for (int i = 0; i < 5; i++)
        {
            await bench.AcceptSafelyAsync("t", new string('x', 30_000));
        }

        JournalInfo info = JournalInspection.Info(bench.Options.Folder);

        Assert.Equal([3, 2], info.Segments.Select(segment => segment.Messages));
        Assert.Equal([true, false], info.Segments.Select(segment => segment.IsSealed));
        Assert.Equal(new CursorInfo("store", 0, bench.Journal.SafeThrough), Assert.Single(info.Cursors));
        Assert.Empty(JournalInspection.Verify(bench.Options.Folder));
    }

    [Fact]
    public async Task Verify_names_the_file_and_what_is_damaged()
    {
        await using Bench bench = new(options => options.SegmentBytes = 64 << 10);
        for (int i = 0; i < 5; i++)
        {
            await bench.AcceptSafelyAsync("t", new string('x', 30_000));
        }

        await bench.CloseAsync();
        string first = Directory.GetFiles(bench.Options.Folder, "*.segment").Order(StringComparer.Ordinal).First();
        using (FileStream file = new(first, FileMode.Open))
        {
            file.Position = 40_000;
            file.WriteByte(0);
        }

        JournalFault[] faults = [.. JournalInspection.Verify(bench.Options.Folder)];

        Assert.All(faults, fault => Assert.Equal(first, fault.Path));
        Assert.Contains(faults, fault => fault.Message == "2 messages are readable of 3");
    }

    [Fact]
    public async Task Dump_begins_at_a_position()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("a", "1");
        long second = await bench.AcceptSafelyAsync("b", "2");
        await bench.AcceptSafelyAsync("c", "3");

        Assert.Equal(["a 1", "b 2", "c 3"], Dump(0));
        Assert.Equal(["c 3"], Dump(second));

        string[] Dump(long from) => [.. JournalInspection.Dump(bench.Options.Folder, from).Select(entry => entry.Topic + " " + Encoding.UTF8.GetString(entry.Payload.Span))];
    }
}
