namespace Linewatch.Analytics.Prognosis;

/// <summary>Grows one tree on the gradients of a loss: the leaf whose split gains most is split next.</summary>
internal sealed class TreeGrower(FeatureBins bins, BoostingSettings settings)
{
    /// <summary>Grows a tree on sampled rows and features.</summary>
    /// <param name="rows">Rows it sees; reordered.</param>
    /// <param name="features">Features it may split on.</param>
    /// <param name="gradients">By row: first derivative of the loss.</param>
    /// <param name="curvatures">By row: second derivative.</param>
    public RegressionTree Grow(int[] rows, int[] features, double[] gradients, double[] curvatures)
    {
        Array.Sort(rows);
        RegressionTree tree = new();
        List<Leaf> leaves = [NewLeaf(0, rows, Histograms(rows, features, gradients, curvatures), features)];
        while (leaves.Count < settings.Leaves)
        {
            Leaf best = leaves.MaxBy(leaf => leaf.Best.Gain)!;
            if (best.Best.Gain <= 0)
            {
                break;
            }

            _ = leaves.Remove(best);
            ushort[] column = bins.Columns[features[best.Best.Column]];
            int[] leftRows = Array.FindAll(best.Rows, row => column[row] <= best.Best.Bin);
            int[] rightRows = Array.FindAll(best.Rows, row => column[row] > best.Best.Bin);
            (int left, int right) = tree.Split(
                best.Node, features[best.Best.Column], bins.UpperEdge(features[best.Best.Column], best.Best.Bin));

            // Only the smaller child is counted; the larger one is the difference.
            bool leftIsSmaller = leftRows.Length <= rightRows.Length;
            Sum[][] smaller = Histograms(leftIsSmaller ? leftRows : rightRows, features, gradients, curvatures);
            Sum[][] larger = Subtract(best.Histograms, smaller);
            leaves.Add(NewLeaf(left, leftRows, leftIsSmaller ? smaller : larger, features));
            leaves.Add(NewLeaf(right, rightRows, leftIsSmaller ? larger : smaller, features));
        }

        foreach (Leaf leaf in leaves)
        {
            Sum total = Total(leaf.Histograms[0]);
            tree.SetLeaf(leaf.Node, -total.Gradient / (total.Curvature + settings.Shrinkage));
        }

        return tree;
    }

    private Sum[][] Histograms(int[] rows, int[] features, double[] gradients, double[] curvatures)
    {
        Sum[][] histograms = new Sum[features.Length][];
        Parallel.For(0, features.Length, f =>
        {
            ushort[] column = bins.Columns[features[f]];
            Sum[] sums = new Sum[bins.Bins(features[f])];
            foreach (int row in rows)
            {
                ref Sum sum = ref sums[column[row]];
                sum.Gradient += gradients[row];
                sum.Curvature += curvatures[row];
                sum.Rows++;
            }

            histograms[f] = sums;
        });
        return histograms;
    }

    /// <summary>Takes the smaller child's sums off the parent's, in place: the parent needs them no more.</summary>
    private static Sum[][] Subtract(Sum[][] parent, Sum[][] child)
    {
        for (int f = 0; f < parent.Length; f++)
        {
            for (int bin = 0; bin < parent[f].Length; bin++)
            {
                parent[f][bin].Gradient -= child[f][bin].Gradient;
                parent[f][bin].Curvature -= child[f][bin].Curvature;
                parent[f][bin].Rows -= child[f][bin].Rows;
            }
        }

        return parent;
    }

    private Leaf NewLeaf(int node, int[] rows, Sum[][] histograms, int[] features)
    {
        Split best = default;
        Sum total = Total(histograms[0]);
        double unsplit = Worth(total.Gradient, total.Curvature);
        for (int f = 0; f < features.Length; f++)
        {
            Sum left = default;
            Sum[] sums = histograms[f];
            for (int bin = 0; bin < sums.Length - 1; bin++)
            {
                left.Gradient += sums[bin].Gradient;
                left.Curvature += sums[bin].Curvature;
                left.Rows += sums[bin].Rows;
                if (left.Rows < settings.FewestInLeaf || total.Rows - left.Rows < settings.FewestInLeaf)
                {
                    continue;
                }

                double gain = Worth(left.Gradient, left.Curvature)
                    + Worth(total.Gradient - left.Gradient, total.Curvature - left.Curvature) - unsplit;
                if (gain > best.Gain)
                {
                    best = new Split(gain, f, bin);
                }
            }
        }

        return new Leaf(node, rows, histograms, best);
    }

    private double Worth(double gradient, double curvature) => gradient * gradient / (curvature + settings.Shrinkage);

    private static Sum Total(Sum[] sums)
    {
        Sum total = default;
        foreach (Sum sum in sums)
        {
            total.Gradient += sum.Gradient;
            total.Curvature += sum.Curvature;
            total.Rows += sum.Rows;
        }

        return total;
    }

    private readonly record struct Split(double Gain, int Column, int Bin);

    private sealed record Leaf(int Node, int[] Rows, Sum[][] Histograms, Split Best);

    private struct Sum
    {
        public double Gradient;
        public double Curvature;
        public int Rows;
    }
}
