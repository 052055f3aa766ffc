using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Linewatch.Plants;

/// <summary>
/// A unit by its UCUM name (ucum.org, case-sensitive form): atoms with prefixes, products (<c>.</c>), quotients
/// (<c>/</c>), exponents and annotations, as far as machines report them. Each unit is a factor and an offset to base
/// units of its dimension, so that values of one dimension convert exactly once, linearly. Immutable.
/// </summary>
public sealed class UcumUnit
{
    /// <summary>What a reader is told is allowed.</summary>
    public const string Allowed = "a UCUM unit such as bar, Cel, mm/s, A, kW, l/h, 1/h, %, or 1 for a plain number";

    // Exponents of: metre, gram, second, ampere, kelvin, mole, candela, radian, bit.
    private const int Dimensions = 9;

    private static readonly Dictionary<string, Atom> Atoms = BuildAtoms();

    private static readonly Dictionary<string, double> Prefixes = new(StringComparer.Ordinal)
    {
        ["T"] = 1e12, ["G"] = 1e9, ["M"] = 1e6, ["k"] = 1e3, ["h"] = 1e2, ["da"] = 1e1, ["d"] = 1e-1, ["c"] = 1e-2,
        ["m"] = 1e-3, ["u"] = 1e-6, ["n"] = 1e-9, ["p"] = 1e-12,
    };

    private readonly int[] _dimension;

    private UcumUnit(string name, double factor, double offset, int[] dimension)
    {
        Name = name;
        Factor = factor;
        Offset = offset;
        _dimension = dimension;
    }

    /// <summary>The name as written.</summary>
    public string Name { get; }

    /// <summary>Base value = value × Factor + <see cref="Offset"/>.</summary>
    public double Factor { get; }

    /// <summary>Zero for all but temperatures.</summary>
    public double Offset { get; }

    /// <summary>Whether values of both units measure the same kind of quantity.</summary>
    public bool IsComparableTo(UcumUnit other) => _dimension.AsSpan().SequenceEqual(other._dimension);

    /// <summary>The linear conversion to another unit: result = value × scale + offset.</summary>
    /// <exception cref="ArgumentException">The units measure different kinds of quantity.</exception>
    public (double Scale, double Offset) To(UcumUnit target)
    {
        if (!IsComparableTo(target))
        {
            throw new ArgumentException($"{Name} cannot be converted to {target.Name}: they measure different quantities", nameof(target));
        }

        return (Factor / target.Factor, (Offset - target.Offset) / target.Factor);
    }

    /// <summary>Reads a unit's name; false when it is none that is known.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out UcumUnit? unit)
    {
        unit = null;
        if (text.Length is 0 or > 60)
        {
            return false;
        }

        double factor = 1;
        double offset = 0;
        int[] dimension = new int[Dimensions];
        int position = 0;
        int sign = 1;
        int terms = 0;
        if (text[0] == '/')
        {
            sign = -1;
            position = 1;
        }

        while (true)
        {
            int end = EndOfTerm(text, position);
            if (end < 0 || !TryTerm(text[position..end], out Atom atom, out int exponent))
            {
                return false;
            }

            terms++;
            exponent *= sign;
            factor *= Math.Pow(atom.Factor, exponent);
            offset += atom.Offset;
            if (atom.Offset != 0 && (terms > 1 || exponent != 1 || end < text.Length))
            {
                // Cel/min means kelvin a minute: a difference has no zero point.
                offset = 0;
            }

            for (int i = 0; i < Dimensions; i++)
            {
                dimension[i] += atom.Dimension[i] * exponent;
            }

            if (end == text.Length)
            {
                unit = new UcumUnit(text, factor, terms > 1 ? 0 : offset, dimension);
                return true;
            }

            sign = text[end] == '/' ? -1 : 1;
            position = end + 1;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static int EndOfTerm(string text, int start)
    {
        int depth = 0;
        for (int i = start; i < text.Length; i++)
        {
            depth += text[i] switch { '[' or '{' => 1, ']' or '}' => -1, _ => 0 };
            if (depth == 0 && text[i] is '.' or '/')
            {
                return i;
            }
        }

        return depth == 0 ? text.Length : -1;
    }

    private static bool TryTerm(string term, out Atom atom, out int exponent)
    {
        atom = Atoms["1"];
        exponent = 1;
        int annotation = term.IndexOf('{', StringComparison.Ordinal);
        if (annotation >= 0)
        {
            if (!term.EndsWith('}'))
            {
                return false;
            }

            // {bottle} alone counts; l{water} is a litre.
            term = term[..annotation];
            if (term.Length == 0)
            {
                return true;
            }
        }

        if (Atoms.TryGetValue(term, out Atom whole))
        {
            atom = whole;
            return true;
        }

        int digits = term.Length;
        while (digits > 0 && char.IsAsciiDigit(term[digits - 1]))
        {
            digits--;
        }

        if (digits > 0 && digits < term.Length)
        {
            int start = term[digits - 1] is '-' or '+' ? digits - 1 : digits;
            if (!int.TryParse(term.AsSpan(start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > 9)
            {
                return false;
            }

            term = term[..start];
        }

        if (digits == 0)
        {
            // A plain number such as 60 or 100 scales.
            atom = atom with { Factor = double.Parse(term, CultureInfo.InvariantCulture) };
            return atom.Factor > 0;
        }

        if (Atoms.TryGetValue(term, out atom))
        {
            return true;
        }

        for (int length = Math.Min(2, term.Length - 1); length >= 1; length--)
        {
            if (Prefixes.TryGetValue(term[..length], out double prefix)
                && Atoms.TryGetValue(term[length..], out Atom basis)
                && basis.TakesPrefix)
            {
                atom = basis with { Factor = basis.Factor * prefix, Offset = basis.Offset };
                return true;
            }
        }

        atom = Atoms["1"];
        return false;
    }

    private static Dictionary<string, Atom> BuildAtoms()
    {
        Dictionary<string, Atom> atoms = new(StringComparer.Ordinal);

        // m g s A K mol cd rad bit; factors are to these bases, with the gram as UCUM's unit of mass.
        Add("m", 1, [1], true);
        Add("g", 1, [0, 1], true);
        Add("t", 1e6, [0, 1], true);
        Add("s", 1, [0, 0, 1], true);
        Add("min", 60, [0, 0, 1], false);
        Add("h", 3600, [0, 0, 1], false);
        Add("d", 86400, [0, 0, 1], false);
        Add("wk", 604800, [0, 0, 1], false);
        Add("A", 1, [0, 0, 0, 1], true);
        Add("K", 1, [0, 0, 0, 0, 1], true);
        Add("Cel", 1, [0, 0, 0, 0, 1], false, 273.15);
        Add("[degF]", 5.0 / 9, [0, 0, 0, 0, 1], false, 459.67 * 5 / 9);
        Add("mol", 1, [0, 0, 0, 0, 0, 1], true);
        Add("cd", 1, [0, 0, 0, 0, 0, 0, 1], true);
        Add("rad", 1, [0, 0, 0, 0, 0, 0, 0, 1], true);
        Add("deg", Math.PI / 180, [0, 0, 0, 0, 0, 0, 0, 1], false);
        Add("circ", 2 * Math.PI, [0, 0, 0, 0, 0, 0, 0, 1], false);
        Add("bit", 1, [0, 0, 0, 0, 0, 0, 0, 0, 1], true);
        Add("By", 8, [0, 0, 0, 0, 0, 0, 0, 0, 1], true);

        Add("1", 1, [], false);
        Add("10*", 10, [], false);
        Add("10^", 10, [], false);
        Add("%", 1e-2, [], false);
        Add("[ppth]", 1e-3, [], false);
        Add("[ppm]", 1e-6, [], false);
        Add("[ppb]", 1e-9, [], false);
        Add("[pH]", 1, [], false);

        Add("Hz", 1, [0, 0, -1], true);
        Add("N", 1e3, [1, 1, -2], true);
        Add("Pa", 1e3, [-1, 1, -2], true);
        Add("bar", 1e8, [-1, 1, -2], true);
        Add("atm", 101325e3, [-1, 1, -2], false);
        Add("m[Hg]", 133322387.415, [-1, 1, -2], true);
        Add("mm[Hg]", 133322.387415, [-1, 1, -2], false);
        Add("m[H2O]", 9806650, [-1, 1, -2], true);
        Add("[psi]", 6894757.293168361, [-1, 1, -2], false);
        Add("J", 1e3, [2, 1, -2], true);
        Add("cal", 4184, [2, 1, -2], true);
        Add("[Btu]", 1055870, [2, 1, -2], false);
        Add("W", 1e3, [2, 1, -3], true);
        Add("[HP]", 745699.8715822702, [2, 1, -3], false);
        Add("V", 1e3, [2, 1, -3, -1], true);
        Add("Ohm", 1e3, [2, 1, -3, -2], true);
        Add("S", 1e-3, [-2, -1, 3, 2], true);
        Add("F", 1e-3, [-2, -1, 4, 2], true);
        Add("H", 1e3, [2, 1, -2, -2], true);
        Add("C", 1, [0, 0, 1, 1], true);
        Add("T", 1e3, [0, 1, -2, -1], true);
        Add("Wb", 1e3, [2, 1, -2, -1], true);
        Add("lm", 1, [0, 0, 0, 0, 0, 0, 1], true);
        Add("lx", 1, [-2, 0, 0, 0, 0, 0, 1], true);
        Add("[g]", 9.80665, [1, 0, -2], true);
        Add("l", 1e-3, [3], true);
        Add("L", 1e-3, [3], true);
        Add("ar", 100, [2], true);
        Add("[in_i]", 0.0254, [1], false);
        Add("[ft_i]", 0.3048, [1], false);
        Add("[yd_i]", 0.9144, [1], false);
        Add("[mi_i]", 1609.344, [1], false);
        Add("[lb_av]", 453.59237, [0, 1], false);
        Add("[oz_av]", 28.349523125, [0, 1], false);
        Add("[lbf_av]", 4448.2216152605, [1, 1, -2], false);
        Add("[gal_us]", 3.785411784e-3, [3], false);
        Add("[foz_us]", 29.5735295625e-6, [3], false);
        return atoms;

        void Add(string name, double factor, int[] dimension, bool takesPrefix, double offset = 0)
        {
            int[] full = new int[Dimensions];
            dimension.CopyTo(full, 0);
            atoms.Add(name, new Atom(factor, offset, full, takesPrefix));
        }
    }

    private readonly record struct Atom(double Factor, double Offset, int[] Dimension, bool TakesPrefix);
}
