using Linewatch.Jobs;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A node of operations and jobs for tests to kill: configuration by environment (LINEWATCH__…), commands on standard
// input, one answer line each once the effect is on disk.
HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
TimeZoneInfo zone = TimeZoneInfo.Utc;
builder.Services.AddSingleton(new CurrentPlant(new Plant("Rhine", "rhine", zone, [], [], [], [])));
builder.Services.AddOperations();
builder.Services.AddJobSchedule();
builder.Services.AddSingleton<IScheduledJob, SlowProposals>();
using IHost host = builder.Build();
await host.StartAsync();
Commands commands = new(host.Services.GetRequiredService<AlertBook>(), host.Services.GetRequiredService<WorkOrderBook>(), host.Services.GetRequiredService<JobSchedule>());
Console.WriteLine("ready");
while (await Console.In.ReadLineAsync() is { } line)
{
    Console.WriteLine(await commands.RunAsync(line.Split(' ')));
}

await host.StopAsync();
