namespace Linewatch.Analytics.Prognosis;

/// <summary>A binary tree of thresholds with a value in each leaf.</summary>
internal sealed class RegressionTree
{
    private readonly List<Node> _nodes = [new Node(-1, 0, -1, -1, 0)];

    /// <summary>Makes a node's two children; it must be a leaf. Values up to and with the threshold, and NaN, go left.</summary>
    public (int Left, int Right) Split(int node, int feature, double threshold)
    {
        _nodes.Add(new Node(-1, 0, -1, -1, 0));
        _nodes.Add(new Node(-1, 0, -1, -1, 0));
        _nodes[node] = new Node(feature, threshold, _nodes.Count - 2, _nodes.Count - 1, 0);
        return (_nodes.Count - 2, _nodes.Count - 1);
    }

    /// <summary>Sets what a leaf says.</summary>
    public void SetLeaf(int node, double value) => _nodes[node] = _nodes[node] with { Value = value };

    /// <summary>What the tree says of a row.</summary>
    public double Predict(ReadOnlySpan<double> row)
    {
        Node node = _nodes[0];
        while (node.Feature >= 0)
        {
            node = _nodes[row[node.Feature] > node.Threshold ? node.Right : node.Left];
        }

        return node.Value;
    }

    private readonly record struct Node(int Feature, double Threshold, int Left, int Right, double Value);
}
