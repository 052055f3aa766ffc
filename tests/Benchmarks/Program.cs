using System.CommandLine;

RootCommand benchmarks = new("Linewatch's benchmarks. Each prints its figure beside a baseline from the same run; machines are noisy, so quote the ratio.")
{
};
return await benchmarks.Parse(args).InvokeAsync();
