using Linewatch.Telemetry.Journaling;
using Linewatch.Tests.Servers;
using Linewatch.Mqtt;
using System.Text;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class JournalTests
{
    [Fact]
    public async Task What_was_accepted_is_read_again_after_a_restart()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("a/b", "1");
        await bench.AcceptSafelyAsync("a/c", "");

        await bench.ReopenAsync();

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.Equal(["a/b 1", "a/c "], Bench.ReadAll(reader));
        Assert.Equal(2, bench.Journal.SafeOrdinal);
    }

    [Fact]
    public async Task A_record_keeps_everything_of_its_message()
    {
        await using Bench bench = new();
        long before = DateTime.UnixEpoch.Ticks;
        long receipt = bench.Journal.Accept(new PublishView
        {
            Topic = "t"u8, Payload = "p"u8, Properties = "\u0001\u0001"u8, QoS = MqttQoS.ExactlyOnce, Retain = true, Duplicate = true,
        });
        await bench.Journal.WaitUntilSafeAsync(receipt, TestContext.Limit());

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.True(reader.TryLoad(1000));
        Assert.True(reader.TryRead(out JournalRecord record));
        Assert.Equal("t", Encoding.UTF8.GetString(record.Topic));
        Assert.Equal("p", Encoding.UTF8.GetString(record.Payload));
        Assert.Equal("\u0001\u0001", Encoding.UTF8.GetString(record.Properties));
        Assert.Equal((MqttQoS.ExactlyOnce, true, true), (record.QoS, record.Retain, record.Duplicate));
        Assert.Equal((0, receipt), (record.Position, record.EndPosition));
        Assert.True(record.ReceiveTime.Ticks > before);
    }

    [Fact]
    public async Task Receipts_grow_and_nothing_is_safe_before_it_is_synced()
    {
        await using Bench bench = new(options => options.SyncMilliseconds = 1000);
        long first = bench.Accept("t", "1");
        long second = bench.Accept("t", "2");

        Assert.True(second > first);
        await bench.Journal.WaitUntilSafeAsync(second, TestContext.Limit());
        Assert.Equal(second, bench.Journal.SafeThrough);
    }

    [Theory]
    [InlineData(MqttQoS.AtMostOnce, 10)]
    [InlineData(MqttQoS.AtLeastOnce, 1000)]
    public async Task What_nobody_asks_for_is_synced_all_the_same(MqttQoS qos, int milliseconds)
    {
        ManualTime time = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
        await using Bench bench = new(options => options.SyncMilliseconds = 10, time);
        using JournalReader reader = bench.Journal.OpenReader("test");
        Task data = reader.WaitForDataAsync(TestContext.Limit());
        bench.Journal.Accept(new PublishView { Topic = "t"u8, Payload = "p"u8, QoS = qos });

        time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Equal(0, bench.Journal.SafeThrough);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await data;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(40)]
    public async Task A_torn_tail_is_cut_at_the_last_whole_record(int cut)
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("t", "whole");
        await bench.AcceptSafelyAsync("t", "torn, and never acknowledged");

        await bench.ReopenAsync(() =>
        {
            using FileStream file = new(bench.LastSegment, FileMode.Open);
            file.SetLength(file.Length - cut);
        });
        await bench.AcceptSafelyAsync("t", "new");

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.Equal(["t whole", "t new"], Bench.ReadAll(reader));
        Assert.Equal(2, bench.Journal.SafeOrdinal);
    }

    [Fact]
    public async Task A_damaged_middle_record_is_skipped_and_kept_aside()
    {
        await using Bench bench = new();
        long first = await bench.AcceptSafelyAsync("t", "first");
        long second = await bench.AcceptSafelyAsync("t", "damaged");
        await bench.AcceptSafelyAsync("t", "third");

        await bench.ReopenAsync(() =>
        {
            using FileStream file = new(bench.LastSegment, FileMode.Open);
            file.Position = second - 1 + 32;
            file.WriteByte((byte)'X');
        });

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.Equal(["t first", "t third"], Bench.ReadAll(reader));
        string aside = Assert.Single(Directory.GetFiles(Path.Combine(bench.Options.Folder, "damaged")));
        Assert.Equal(second - first, new FileInfo(aside).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task A_damaged_length_or_ordinal_does_not_hide_the_records_behind_it(int offset)
    {
        await using Bench bench = new();
        long first = await bench.AcceptSafelyAsync("t", "first");
        await bench.AcceptSafelyAsync("t", "damaged");
        await bench.AcceptSafelyAsync("t", "third");

        await bench.ReopenAsync(() =>
        {
            using FileStream file = new(bench.LastSegment, FileMode.Open);
            file.Position = first + 32 + offset;
            file.WriteByte(0x7F);
        });

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.Equal(["t first", "t third"], Bench.ReadAll(reader));
    }

    [Fact]
    public async Task A_record_hidden_in_a_payload_never_passes_for_one()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("t", "first");
        await bench.CloseAsync();
        byte[] forged = File.ReadAllBytes(bench.LastSegment)[32..];
        await bench.ReopenAsync(() => { });

        // A record of another journal, inside a record that is then damaged, right behind an ordinal that would fit.
        await using Bench other = new();
        for (int i = 0; i < 5; i++)
        {
            await other.AcceptSafelyAsync("t", "forged");
        }

        await other.CloseAsync();
        byte[] foreign = File.ReadAllBytes(other.LastSegment)[32..];
        long second = bench.Accept("t", foreign);
        bench.Accept("t", forged);
        await bench.ReopenAsync(() =>
        {
            using FileStream file = new(bench.LastSegment, FileMode.Open);
            file.Position = second - foreign.Length - 1;
            file.WriteByte((byte)'X');
        });

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.DoesNotContain("t forged", Bench.ReadAll(reader));
    }

    [Fact]
    public async Task A_consumer_continues_where_it_committed()
    {
        await using Bench bench = new();
        long first = await bench.AcceptSafelyAsync("t", "1");
        await bench.AcceptSafelyAsync("t", "2");
        using (JournalReader reader = bench.Journal.OpenReader("test"))
        {
            reader.Commit(first, 1, "state"u8);
        }

        await bench.ReopenAsync();

        using JournalReader again = bench.Journal.OpenReader("test");
        Assert.Equal("state", Encoding.UTF8.GetString(again.State.Span));
        Assert.Equal(["t 2"], Bench.ReadAll(again));
    }

    [Fact]
    public async Task A_torn_cursor_falls_back_to_the_commit_before()
    {
        await using Bench bench = new();
        long first = await bench.AcceptSafelyAsync("t", "1");
        await bench.AcceptSafelyAsync("t", "2");
        using (JournalReader reader = bench.Journal.OpenReader("test"))
        {
            reader.Commit(first, 1, default);
        }

        await bench.ReopenAsync(() =>
        {
            string other = Path.Combine(bench.Options.Folder, "test.cursor1");
            File.WriteAllBytes(other, new byte[37]);
        });

        using JournalReader again = bench.Journal.OpenReader("test");
        Assert.Equal(first, again.CommittedPosition);
    }

    [Fact]
    public async Task Segments_are_freed_when_every_consumer_has_passed_them()
    {
        await using Bench bench = new(options => options.SegmentBytes = 64 << 10);
        using JournalReader fast = bench.Journal.OpenReader("fast");
        using JournalReader slow = bench.Journal.OpenReader("slow");
        for (int i = 0; i < 20; i++)
        {
            await bench.AcceptSafelyAsync("t", new string('x', 30_000));
        }

        Bench.ReadAll(fast);
        fast.Commit(fast.Position, 20, default);
        int before = Directory.GetFiles(bench.Options.Folder, "*.segment").Length;
        Bench.ReadAll(slow);
        slow.Commit(slow.Position, 20, default);

        Assert.True(before >= 6, "the slow consumer holds the segments");
        Assert.Single(Directory.GetFiles(bench.Options.Folder, "*.segment"));
        Assert.True(bench.Journal.OldestPosition > 0);
    }

    [Fact]
    public async Task A_full_journal_makes_its_senders_wait_until_a_consumer_catches_up()
    {
        await using Bench bench = new(options =>
        {
            options.SegmentBytes = 64 << 10;
            options.MaxBytes = 1 << 20;
        });
        using JournalReader reader = bench.Journal.OpenReader("test");
        while (!bench.Journal.IsFull)
        {
            await bench.AcceptSafelyAsync("t", new string('x', 30_000));
        }

        Task room = bench.Journal.WaitForRoomAsync(TestContext.Limit()).AsTask();
        Assert.False(room.IsCompleted);
        Bench.ReadAll(reader);
        reader.Commit(reader.Position, bench.Journal.SafeOrdinal, default);
        await room;
        Assert.False(bench.Journal.IsFull);
    }

    [Fact]
    public async Task A_consumer_that_is_switched_off_gives_up_its_share_when_the_journal_is_full()
    {
        await using Bench bench = new(options =>
        {
            options.SegmentBytes = 64 << 10;
            options.MaxBytes = 1 << 20;
        });
        bench.Journal.OpenReader("gone").Dispose();
        await bench.ReopenAsync();
        using JournalReader reader = bench.Journal.OpenReader("test");
        while (!bench.Journal.IsFull)
        {
            await bench.AcceptSafelyAsync("t", new string('x', 30_000));
        }

        Bench.ReadAll(reader);
        reader.Commit(reader.Position, bench.Journal.SafeOrdinal, default);

        Assert.False(bench.Journal.IsFull);
    }

    [Fact]
    public async Task A_reader_is_woken_by_new_data()
    {
        await using Bench bench = new();
        using JournalReader reader = bench.Journal.OpenReader("test");
        Task woken = reader.WaitForDataAsync(TestContext.Limit());
        Assert.False(woken.IsCompleted);

        bench.Accept("t", "1");

        await woken;
        Assert.Equal(["t 1"], Bench.ReadAll(reader));
    }

    [Fact]
    public async Task A_message_larger_than_a_segment_and_the_read_size_is_kept_whole()
    {
        await using Bench bench = new(options => options.SegmentBytes = 64 << 10);
        string large = new('y', 500_000);
        await bench.AcceptSafelyAsync("t", "before");
        await bench.AcceptSafelyAsync("t", large);
        await bench.AcceptSafelyAsync("t", "after");

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.Equal(["t before", "t " + large, "t after"], Bench.ReadAll(reader));
    }

    [Fact]
    public async Task A_disk_that_does_not_take_writes_delays_acknowledgement_and_loses_nothing()
    {
        await using Bench bench = new(options => options.SegmentBytes = 64 << 10);
        long full = await bench.AcceptSafelyAsync("t", new string('x', 70_000));

        // The next segment cannot be created: something is in its way.
        string obstacle = Path.Combine(bench.Options.Folder, full.ToString("D20", System.Globalization.CultureInfo.InvariantCulture) + ".segment");
        Directory.CreateDirectory(obstacle);
        long receipt = bench.Accept("t", "waits");
        await Bench.Until(() => bench.Journal.Failure is not null);
        Assert.True(bench.Journal.SafeThrough < receipt);

        Directory.Delete(obstacle);
        await bench.Journal.WaitUntilSafeAsync(receipt, TestContext.Limit());

        Assert.Null(bench.Journal.Failure);
        await bench.ReopenAsync();
        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.EndsWith("t waits", string.Join('|', Bench.ReadAll(reader)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_is_told_that_the_journal_is_in_use()
    {
        await using Bench bench = new();

        IOException fault = Assert.Throws<IOException>(() => new Bench(options => options.Folder = bench.Options.Folder));
        Assert.Contains("Journal:Folder", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_makes_the_last_messages_safe()
    {
        await using Bench bench = new(options => options.SyncMilliseconds = 1000);
        bench.Accept("t", "last");

        await bench.ReopenAsync();

        using JournalReader reader = bench.Journal.OpenReader("test");
        Assert.Equal(["t last"], Bench.ReadAll(reader));
    }

    [Fact]
    public async Task Many_connections_at_once_lose_nothing()
    {
        await using Bench bench = new(options => options.SegmentBytes = 64 << 10);
        await Parallel.ForAsync(0, 8, async (connection, _) =>
        {
            for (int i = 0; i < 500; i++)
            {
                long receipt = bench.Accept($"c/{connection}", $"{i}");
                if (i % 50 == 0)
                {
                    await bench.Journal.WaitUntilSafeAsync(receipt, TestContext.Limit());
                }
            }
        });
        await bench.ReopenAsync();

        using JournalReader reader = bench.Journal.OpenReader("test");
        List<string> messages = Bench.ReadAll(reader);
        for (int connection = 0; connection < 8; connection++)
        {
            Assert.Equal(Enumerable.Range(0, 500).Select(i => $"c/{connection} {i}"), messages.Where(message => message.StartsWith($"c/{connection} ", StringComparison.Ordinal)));
        }
    }
}
