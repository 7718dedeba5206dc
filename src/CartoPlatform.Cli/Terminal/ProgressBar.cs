using System.Globalization;

namespace CartoPlatform.Cli.Terminal;

/// <summary>A bar that fills on a terminal; where there is none, a line for each step.</summary>
internal sealed class ProgressBar(string title) : IDisposable
{
    private const int Width = 28;

    private readonly bool _isTerminal = !Console.IsOutputRedirected;

    private int _shownPercent = -1;
    private string _shownStep = "";

    public void Show(double fraction, string step)
    {
        var percent = (int)(Math.Clamp(fraction, 0, 1) * 100);
        if (percent == _shownPercent && step == _shownStep)
            return;

        if (_isTerminal)
        {
            var filled = percent * Width / 100;
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"\r\u001b[K{title} [{new string('#', filled)}{new string('.', Width - filled)}] {percent,3} % {step}"));
        }
        else if (step != _shownStep)
        {
            Console.WriteLine($"{title}: {step}");
        }

        (_shownPercent, _shownStep) = (percent, step);
    }

    public void Dispose()
    {
        if (_isTerminal && _shownPercent >= 0)
            Console.WriteLine();
    }
}
