using System.Globalization;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Flow;

/// <summary>The orders of a line, one after the other, and how long each change between them takes.</summary>
internal sealed class OrderPlan(LineModel line, RandomStream random, LineScript script)
{
    private readonly List<Order> _orders = [];

    /// <summary>Appends the next order.</summary>
    public Order Next()
    {
        ProductModel product = line.Products[0];
        if (_orders.Count > 0)
        {
            ProductModel[] others = [.. line.Products.Where(candidate => candidate != _orders[^1].Product)];
            product = others.Length == 0 ? product : others[random.Index(others.Length)];
        }

        double setting = script.RandomStops ? 0.92 + (0.08 * Math.Min(1, random.Uniform(0, 1.6))) : 1;
        long quantity = script.OrderQuantity ?? (long)(product.IdealRate * random.Uniform(3, 7));
        string id = string.Create(CultureInfo.InvariantCulture, $"{line.Id}-{_orders.Count + 1:00000}");
        Order order = new(id, product, quantity, product.IdealRate * setting);
        _orders.Add(order);
        return order;
    }

    /// <summary>The order with a number, from 0.</summary>
    public Order Number(int number)
    {
        while (_orders.Count <= number)
        {
            Next();
        }

        return _orders[number];
    }

    /// <summary>Milliseconds the work at a station takes from its present order to the next.</summary>
    public long ChangeoverTime(Station station)
    {
        ProductModel from = Number(station.OrderNumber).Product;
        ProductModel to = Number(station.OrderNumber + 1).Product;
        (double shortest, double longest) = from.Millilitres != to.Millilitres ? (40.0, 80.0) : from.Family != to.Family ? (15, 35) : (7, 15);
        double share = station.Place == 0 ? 1 : random.Uniform(0.4, 0.8);
        return (long)(random.Uniform(shortest, longest) * share * 60_000);
    }
}

/// <summary>A production order.</summary>
/// <param name="Id">As published.</param>
/// <param name="Product">What is made.</param>
/// <param name="Quantity">Bottles put on the line for it.</param>
/// <param name="Rate">Speed the crew sets, bottles an hour; at most the product's ideal rate.</param>
internal sealed record Order(string Id, ProductModel Product, long Quantity, double Rate);
