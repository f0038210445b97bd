namespace Recorder.Node.Cli.Terminal;

/// <summary>Writes the log to standard error, one line per entry, with credentials masked.</summary>
internal sealed class StderrLoggerProvider(CommandOutput console) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        new StderrLogger(console, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class StderrLogger(CommandOutput console, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception).Trim().ReplaceLineEndings(" ");
            var cause = exception is null ? "" : $": {exception.Message}";
            console.ErrorLine(Credentials.Mask($"{NameOf(logLevel)} {category}: {text}{cause}"));
        }

        private static string NameOf(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
    }
}
