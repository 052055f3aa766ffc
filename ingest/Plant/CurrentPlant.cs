namespace Linewatch.Plants;

/// <summary>The plant that is running now; a changed plant.yaml replaces it while the program runs. Thread-safe.</summary>
public sealed class CurrentPlant(Plant plant)
{
    private volatile Plant _value = plant;

    /// <summary>Raised after <see cref="Value"/> was replaced, on the thread that replaced it.</summary>
    public event EventHandler? Changed;

    /// <summary>The plant now. Take it once for one piece of work, so that the work sees one plant.</summary>
    public Plant Value => _value;

    /// <summary>Makes a checked plant the running one.</summary>
    public void Replace(Plant plant)
    {
        _value = plant;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
