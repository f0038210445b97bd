using Microsoft.Extensions.Logging;
using Recorder.FFmpeg;

namespace Recorder.Node.Cli.Terminal;

/// <summary>The log on standard error, one line an entry, credentials masked whatever the entry says.</summary>
internal sealed class StderrLoggerProvider(CommandOutput console) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new StderrLogger(console, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class StderrLogger(CommandOutput console, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception).Trim().ReplaceLineEndings(" ");
            console.ErrorLine(Credentials.Mask(exception is null ? $"{Word(logLevel)} {category}: {text}" : $"{Word(logLevel)} {category}: {text}: {exception.Message}"));
        }

        private static string Word(LogLevel level) =>
            level switch
            {
                LogLevel.Trace => "trace",
                LogLevel.Debug => "debug",
                LogLevel.Information => "info",
                LogLevel.Warning => "warning",
                _ => "error",
            };
    }
}
