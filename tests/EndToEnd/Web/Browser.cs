using Linewatch.Tests.Servers;
using Microsoft.Playwright;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>One headless Chromium for all browser tests; they are skipped where it is not installed.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Tool.Find("chromium") is { } program)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
            });
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens a page of the server on a screen of a size, in a colour scheme; collects what the console complains about.</summary>
    public async Task<Screen> OpenAsync(Uri address, string path, int width = 1440, int height = 900, bool dark = false)
    {
        Tool.Require("chromium");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        IPage page = await context.NewPageAsync();
        Screen screen = new(context, page);
        await page.GotoAsync(new Uri(address, path).ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        return screen;
    }
}

/// <summary>One open page in a browser profile of its own.</summary>
public sealed class Screen : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    /// <summary>Listens from now on.</summary>
    public Screen(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add($"{message.Type}: {message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => _complaints.Add("uncaught: " + error);
        page.RequestFailed += (_, request) =>
        {
            // A page that is left takes its stream with it.
            if (!request.Url.Contains("/live", StringComparison.Ordinal))
            {
                _complaints.Add($"failed: {request.Url} {request.Failure}");
            }
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>What the console complained about.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Until the script runs and the page has been painted: a browser throws away keys pressed before anybody could see it.</summary>
    public async Task IsShownAsync()
    {
        await Page.WaitForSelectorAsync("html[data-ready]");
        await Page.EvaluateAsync("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /// <summary>Whether the page is wider than its screen, so that people would have to scroll sideways.</summary>
    public Task<bool> IsTooWideAsync() => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth");

    /// <summary>Keeps a picture in the folder that LINEWATCH_SCREENSHOTS names; without it, none.</summary>
    public async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("LINEWATCH_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = !name.StartsWith("tv", StringComparison.Ordinal) });
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(_context.CloseAsync());
}
