using System.Globalization;

namespace Linewatch.BottlingPlant.Publishing;

/// <summary>Tells on standard error how far a run is, once for each twentieth of it.</summary>
internal sealed class Progress(DateTime from, DateTime to)
{
    private int _shown = -1;

    /// <summary>Reports a message on its way to a publisher.</summary>
    public SimulatedMessage Through(SimulatedMessage message, PlantPublisher publisher)
    {
        Report(message.EventTime, publisher.Acknowledged);
        return message;
    }

    public void Report(DateTime reached, long messages)
    {
        int share = (int)Math.Min(100, 100 * (reached - from) / (to - from));
        if (share / 5 != _shown / 5 || _shown < 0)
        {
            _shown = share;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share,3} %  {reached:yyyy-MM-dd HH:mm}  {messages} messages"));
        }
    }
}
