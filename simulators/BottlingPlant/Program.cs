using System.CommandLine;
using Linewatch.BottlingPlant.Commands;

RootCommand root = new("The virtual bottling plant: publishes what the machines of whole lines would, and knows the truth about them.")
{
    RunCommand.Create(),
    DescribeCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
