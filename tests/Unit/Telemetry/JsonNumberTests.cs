using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class JsonNumberTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("3.98")]
    [InlineData("0.1")]
    [InlineData("-273.15")]
    [InlineData("9007199254740993")]
    [InlineData("999999999999999.9")]
    [InlineData("0.00000000000001")]
    [InlineData("1e3")]
    [InlineData("1.5E-7")]
    [InlineData("-1e308")]
    [InlineData("123456789012345678901234567890")]
    public void Read_gives_the_same_bits_as_the_general_way(string text) => Assert.Equal(General(text), BitConverter.DoubleToInt64Bits(Read(text)));

    [Fact]
    public void Read_of_any_decimal_gives_the_same_bits_as_the_general_way() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<long>(),
            ArbMap.Default.ArbFor<byte>(),
            (digits, places) =>
            {
                string plain = digits.ToString(CultureInfo.InvariantCulture).TrimStart('-').PadLeft((places % 18) + 1, '0');
                string text = (digits < 0 ? "-" : "") + Trimmed(plain[..^(places % 18)]) + (places % 18 == 0 ? "" : "." + plain[^(places % 18)..]);
                return General(text) == BitConverter.DoubleToInt64Bits(Read(text));
            }).QuickCheckThrowOnFailure();

    private static string Trimmed(string whole) => whole.TrimStart('0') is { Length: > 0 } rest ? rest : "0";

    private static long General(string text) => BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture));

    private static double Read(string text)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text));
        Assert.True(reader.Read());
        return JsonNumber.Read(ref reader);
    }
}
