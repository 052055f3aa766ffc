namespace Linewatch.Server.Quarantining;

/// <summary>Registers what engineers do about quarantined messages.</summary>
internal static class QuarantineServices
{
    /// <summary>Adds <see cref="QuarantineDesk"/>; needs <c>AddTelemetry</c>, its consumers, and <see cref="Hosting.PlantWatcher"/>.</summary>
    public static IServiceCollection AddQuarantineDesk(this IServiceCollection services) => services.AddSingleton<QuarantineDesk>();
}
