using Linewatch.Server.Live;

namespace Linewatch.Tests.Unit.Web;

/// <summary>Numbers as people read them.</summary>
public sealed class FigureTests
{
    [Theory]
    [InlineData(0.7244, "72.4 %")]
    [InlineData(1.034, "103.4 %")]
    [InlineData(0.0, "0.0 %")]
    [InlineData(null, "–")]
    [InlineData(double.NaN, "–")]
    public void Percent_shows_one_decimal_and_a_dash_for_what_is_undefined(double? ratio, string text) =>
        Assert.Equal(text, Figure.Percent(ratio));

    [Theory]
    [InlineData(12345.0, "12,345 units")]
    [InlineData(1.0, "1 unit")]
    [InlineData(0.0, "0 units")]
    [InlineData(null, "–")]
    public void Units_are_grouped_and_named(double? count, string text) => Assert.Equal(text, Figure.Units(count));

    [Theory]
    [InlineData(21.456, "Cel", "21.46 °C")]
    [InlineData(2.6361, "mm/s", "2.636 mm/s")]
    [InlineData(33898.4, "1/h", "33,898 /h")]
    [InlineData(12.5, "m3/h", "12.5 m³/h")]
    [InlineData(1.7, "N.m", "1.7 N·m")]
    [InlineData(5, "1", "5")]
    [InlineData(double.NaN, "bar", "–")]
    public void Value_carries_its_unit_in_usual_spelling(double value, string unit, string text) => Assert.Equal(text, Figure.Value(value, unit));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(65, "1 min 05 s")]
    [InlineData(3600, "1 h 00 min")]
    [InlineData(14700, "4 h 05 min")]
    [InlineData(259200, "3 d")]
    [InlineData(-5, "5 s")]
    public void Duration_shows_the_two_largest_units(int seconds, string text) => Assert.Equal(text, Figure.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-0.86532, 0.04, "-0.865")]
    [InlineData(-0.86532, 0.5, "-0.87")]
    [InlineData(71.23456, 3, "71.2")]
    [InlineData(36_125.4, 900, "36125")]
    [InlineData(-0.0004, 0.5, "0.00")]
    [InlineData(0.00123456, 2e-4, "0.00123")]
    [InlineData(3.14159, 0, "3.142")]
    [InlineData(double.NaN, 1, "–")]
    public void Rounded_number_has_the_digits_that_its_usual_range_justifies(double value, double range, string text) => Assert.Equal(text, Figure.Rounded(value, range));
}
