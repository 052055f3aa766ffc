using Linewatch.Mqtt;

namespace Linewatch.Tests.Unit.Mqtt;

public sealed class LevelTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_holds_what_a_dictionary_holds_after_any_adding_and_removing(int seed)
    {
        Random random = new(seed);
        LevelTable<string> table = default;
        Dictionary<byte, string> expected = [];
        for (int step = 0; step < 5000; step++)
        {
            byte level = (byte)random.Next(60);
            if (expected.Remove(level))
            {
                table.Remove([level, level]);
            }
            else
            {
                expected.Add(level, $"{level}");
                table.Add([level, level], $"{level}");
            }

            for (byte probe = 0; probe < 60; probe++)
            {
                Assert.Equal(expected.GetValueOrDefault(probe), table.Find([probe, probe]));
            }

            Assert.Equal(expected.Count == 0, table.IsEmpty);
        }

        Assert.Equal(expected.Values.Order(), table.Entries.Select(entry => entry.Child).Order());
    }
}
