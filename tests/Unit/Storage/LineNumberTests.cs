using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Linewatch.Storage.Influx;

namespace Linewatch.Tests.Unit.Storage;

public sealed class LineNumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(3.98, "3.98")]
    [InlineData(-0.005, "-0.005")]
    [InlineData(0.1, "0.1")]
    [InlineData(12.05, "12.05")]
    [InlineData(100.5, "100.5")]
    [InlineData(9007199254740992, "9007199254740992")]
    [InlineData(-36000, "-36000")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(1e-300, "1E-300")]
    [InlineData(1e21, "1E+21")]
    public void Number_is_written_in_its_shortest_form(double value, string expected) => Assert.Equal(expected, Write(value));

    [Fact]
    public void Every_finite_double_reads_back_as_itself() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>().Convert(BitConverter.Int64BitsToDouble, BitConverter.DoubleToInt64Bits),
        value => !double.IsFinite(value) || ReadsBack(value)).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_number_of_few_decimals_reads_back_as_itself() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>(),
        ArbMap.Default.ArbFor<int>(),
        (digits, decimals) => ReadsBack(digits % 10_000_000_000 / Math.Pow(10, Math.Abs(decimals % 5)))).QuickCheckThrowOnFailure();

    private static bool ReadsBack(double value) =>
        BitConverter.DoubleToInt64Bits(double.Parse(Write(value), CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(value);

    private static string Write(double value)
    {
        Span<byte> text = stackalloc byte[LineNumber.MaximumLength];
        return Encoding.ASCII.GetString(text[..LineNumber.Write(value, text)]);
    }
}
