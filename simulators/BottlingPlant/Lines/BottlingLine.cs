using System.Globalization;
using Linewatch.BottlingPlant.Flow;

namespace Linewatch.BottlingPlant.Lines;

/// <summary>The bottling line that the plant is made of: 36,000 half-litre bottles an hour.</summary>
internal static class BottlingLine
{
    private static readonly ProductModel[] Products =
    [
        new("cola-0.5", "Cola 0.5 l", 36_000, 500, "cola", 0),
        new("lemon-0.5", "Lemonade 0.5 l", 36_000, 500, "lemon", 1),
        new("water-0.5", "Still water 0.5 l", 36_000, 500, "water", 2),
        new("water-1.0", "Still water 1.0 l", 24_000, 1000, "water", 3),
    ];

    /// <summary>Line <paramref name="number"/>, from 1; every second one pasteurises.</summary>
    public static LineModel Create(int number, ulong seed)
    {
        RandomStream random = new(RandomStream.Seed(seed, string.Create(CultureInfo.InvariantCulture, $"layout {number}")));
        bool pasteurises = number % 2 == 0;
        List<IReadOnlyList<MachineModel>> stations =
        [
            [MachineCatalogue.Depalletiser],
            [MachineCatalogue.Rinser],
            [MachineCatalogue.Filler, MachineCatalogue.Capper],
            [MachineCatalogue.Inspector],
        ];
        List<ConveyorModel> conveyors =
        [
            Conveyor(random.Uniform(2, 3), 40),
            Conveyor(random.Uniform(0.6, 1), 15),
            Conveyor(0.25, 6),
        ];
        if (pasteurises)
        {
            stations.Add([MachineCatalogue.Pasteuriser]);
            conveyors.Add(Conveyor(random.Uniform(1, 2), 30));
        }

        stations.Add([MachineCatalogue.Labeller]);
        conveyors.Add(Conveyor(random.Uniform(2, 4), 40));
        stations.Add([MachineCatalogue.Packer]);
        conveyors.Add(Conveyor(random.Uniform(2, 4), 40));
        stations.Add([MachineCatalogue.Palletiser]);
        conveyors.Add(Conveyor(random.Uniform(1.5, 3), 30));
        return new LineModel
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"line{number}"),
            Name = string.Create(CultureInfo.InvariantCulture, $"Line {number} {(pasteurises ? "glass, pasteurised" : "PET")}"),
            Area = string.Create(CultureInfo.InvariantCulture, $"hall{((number - 1) / 4) + 1}"),
            Stations = stations,
            Conveyors = conveyors,
            DesignRate = 36_000,
            Products = [Products[(number - 1) % Products.Length], .. Products.Where((_, index) => index != (number - 1) % Products.Length)],
        };
    }

    /// <summary>Everything any line makes.</summary>
    public static IReadOnlyList<ProductModel> AllProducts => Products;

    private static ConveyorModel Conveyor(double capacityMinutes, double transportSeconds) =>
        new(TimeSpan.FromSeconds(Math.Round(capacityMinutes * 60)), TimeSpan.FromSeconds(transportSeconds));
}
