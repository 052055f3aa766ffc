using Linewatch.Jobs;
using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>One node as the server composes it: configuration in, services out.</summary>
internal sealed class OperationsHost : IAsyncDisposable
{
    private readonly IHost _host;

    public OperationsHost(IReadOnlyDictionary<string, string?> configuration, TimeProvider? clock = null, Action<IServiceCollection>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Services.AddSingleton(TestPlant.Create());
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddOperations();
        configure?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public AlertBook Alerts => Get<AlertBook>();

    public IncidentBook Incidents => Get<IncidentBook>();

    public NotificationBook Notifications => Get<NotificationBook>();

    public WorkOrderBook Orders => Get<WorkOrderBook>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public Task StartAsync() => _host.StartAsync();

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
