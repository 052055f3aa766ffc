using System.CommandLine;
using Linewatch.Server.Commands;

RootCommand linewatch = new("Machine monitoring for bottling and packaging lines: MQTT in; OEE, faults, forecasts and planned repairs out.")
{
    VersionCommand.Create(),
};
return await linewatch.Parse(args).InvokeAsync();
