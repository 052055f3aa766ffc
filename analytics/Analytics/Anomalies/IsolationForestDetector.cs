namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Isolation forest (Liu, Ting, Zhou, ICDM 2008): strange rows are parted from the others by few random cuts. The strangeness is
/// 2^(−mean depth / c(n)), between 0 and 1; about 0.5 for rows like the others. The same rows and seed give the same forest.
/// </summary>
public sealed class IsolationForestDetector : IRowDetector
{
    private const int Trees = 100;
    private const int SampleRows = 256;
    private const int Deepest = 8; // log₂ of the sample
    private const double Euler = 0.577215664901533;

    private readonly Node[] _trees;
    private readonly double _usualDepth;

    /// <param name="normal">Rows of normal running, all values finite, at least two.</param>
    /// <param name="seed">Of the random cuts.</param>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    /// <exception cref="InvalidDataException">No signal moves in the rows, or a value is none.</exception>
    public IsolationForestDetector(IReadOnlyList<double[]> normal, int seed = 1)
    {
        _ = RowScale.Moving(normal, normal.Count);
#pragma warning disable CA5394 // random cuts of a forest, not secrets
        Random random = new(seed);
        Signals = normal[0].Length;
        int sample = Math.Min(SampleRows, normal.Count);
        int deepest = (int)Math.Ceiling(Math.Log2(sample));
        _usualDepth = UsualDepth(sample);
        _trees = new Node[Trees];
        for (int i = 0; i < Trees; i++)
        {
            double[][] rows = [.. normal];
            random.Shuffle(rows);
            _trees[i] = Grow(rows[..sample], deepest, random);
        }
#pragma warning restore CA5394
    }

    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public IsolationForestDetector(StateReader state)
    {
        Signals = state.ReadInt32(1, RowScale.MostSignals);
        _usualDepth = state.ReadDouble();
        _trees = new Node[Trees];
        for (int i = 0; i < Trees; i++)
        {
            _trees[i] = ReadNode(state, Deepest);
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        state.Write(Signals);
        state.Write(_usualDepth);
        foreach (Node tree in _trees)
        {
            WriteNode(state, tree);
        }
    }

    /// <inheritdoc/>
    public int Signals { get; }

    /// <inheritdoc/>
    /// <remarks>The contributions count how often a signal made the cuts that parted the row, weighted by how early.</remarks>
    public double Strangeness(ReadOnlySpan<double> row, Span<double> contributions = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, Signals);
        contributions.Clear();
        double depths = 0;
        foreach (Node tree in _trees)
        {
            Node node = tree;
            int depth = 0;
            while (node is { Below: { } below, Above: { } above })
            {
                depth++;
                if (!contributions.IsEmpty)
                {
                    contributions[node.Signal] += Math.Pow(2, -depth) / Trees;
                }

                node = row[node.Signal] < node.Cut ? below : above;
            }

            depths += depth + UsualDepth(node.Rows);
        }

        return Math.Pow(2, -depths / Trees / _usualDepth);
    }

    /// <summary>c(n): mean depth of an unsuccessful search in a binary tree of n rows.</summary>
    private static double UsualDepth(int rows) => rows <= 1 ? 0 : (2 * (Math.Log(rows - 1) + Euler)) - (2.0 * (rows - 1) / rows);

    private static Node Grow(double[][] rows, int deepest, Random random)
    {
        if (deepest == 0 || rows.Length <= 1)
        {
            return new Node(rows.Length);
        }

#pragma warning disable CA5394 // random cuts of a forest, not secrets
        int signal = random.Next(rows[0].Length);
        double low = rows.Min(row => row[signal]);
        double high = rows.Max(row => row[signal]);
        double cut = low + (random.NextDouble() * (high - low));
#pragma warning restore CA5394
        return high > low
            ? new Node(rows.Length)
            {
                Signal = signal,
                Cut = cut,
                Below = Grow([.. rows.Where(row => row[signal] < cut)], deepest - 1, random),
                Above = Grow([.. rows.Where(row => row[signal] >= cut)], deepest - 1, random),
            }
            : new Node(rows.Length);
    }

    private static void WriteNode(StateWriter state, Node node)
    {
        state.Write(node.Rows);
        state.Write(node.Below is null ? 0L : 1L);
        if (node is { Below: { } below, Above: { } above })
        {
            state.Write(node.Signal);
            state.Write(node.Cut);
            WriteNode(state, below);
            WriteNode(state, above);
        }
    }

    private Node ReadNode(StateReader state, int deepest)
    {
        int rows = state.ReadInt32(0, SampleRows);
        return state.ReadInt32(0, deepest == 0 ? 0 : 1) == 0
            ? new Node(rows)
            : new Node(rows)
            {
                Signal = state.ReadInt32(0, Signals - 1),
                Cut = state.ReadDouble(),
                Below = ReadNode(state, deepest - 1),
                Above = ReadNode(state, deepest - 1),
            };
    }

    private sealed class Node(int rows)
    {
        public int Rows => rows;

        public int Signal { get; init; }

        public double Cut { get; init; }

        public Node? Below { get; init; }

        public Node? Above { get; init; }
    }
}
