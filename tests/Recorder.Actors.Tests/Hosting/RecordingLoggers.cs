using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Tests.Hosting;

/// <summary>A logger factory that keeps every line, so that specs can wait for one.</summary>
internal sealed class RecordingLoggers : ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly List<Line> _lines = [];
    private readonly List<(Func<Line, bool> Wanted, TaskCompletionSource<Line> Found)> _waiting = [];

    /// <summary>Waits for the first line that matches.</summary>
    public Task<Line> FirstAsync(Func<Line, bool> wanted)
    {
        lock (_gate)
        {
            if (_lines.Find(line => wanted(line)) is { } there)
                return Task.FromResult(there);

            var found = new TaskCompletionSource<Line>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, found));
            return found.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Lines are kept here and nowhere else.");

    public void Dispose()
    {
    }

    private void Add(Line line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var (_, found) in _waiting.Where(it => it.Wanted(line)))
                found.TrySetResult(line);
        }
    }

    /// <summary>A log line.</summary>
    /// <param name="Category">The category of its logger.</param>
    /// <param name="Level">The log level.</param>
    /// <param name="Text">The formatted text.</param>
    /// <param name="Exception">The exception; null without one.</param>
    /// <param name="State">The named values.</param>
    internal sealed record Line(string Category, LogLevel Level, string Text, Exception? Exception, object? State);

    private sealed class Logger(RecordingLoggers owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Add(new Line(category, logLevel, formatter(state, exception), exception, state));
    }
}
