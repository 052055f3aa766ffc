using System.Globalization;

namespace Linewatch.BottlingPlant.Publishing;

/// <summary>Tells on standard error how far a run is, at most once for each hundredth of it.</summary>
internal sealed class Progress(DateTime from, DateTime to)
{
    private int _shown = -1;

    public void Report(DateTime reached, long messages)
    {
        int share = (int)(100 * (reached - from) / (to - from));
        if (share / 5 != _shown / 5 || _shown < 0)
        {
            _shown = share;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share,3} %  {reached:yyyy-MM-dd HH:mm}  {messages} messages"));
        }
    }
}
