namespace Recorder.Node.Cli.Terminal;

/// <summary>Writes the log to standard error, one line per entry, with credentials masked.</summary>
internal sealed class StderrLoggerProvider(CommandOutput console) : ILoggerProvider
{
    /// <summary>FFmpeg logs errors that the program handles, too.</summary>
    public const string FFmpegCategory = "FFmpeg";

    /// <summary>Events tell users everything, so without --verbose the log only has errors of the program itself.</summary>
    public static LoggerFactory CreateFactory(Verbosity verbosity, CommandOutput console, LogLevel normal = LogLevel.Error)
    {
        var filter = new LoggerFilterOptions
        {
            MinLevel = verbosity switch { Verbosity.Quiet => LogLevel.Error, Verbosity.Verbose => LogLevel.Debug, _ => normal },
        };
        if (verbosity != Verbosity.Verbose)
        {
            filter.Rules.Add(new LoggerFilterRule(null, FFmpegCategory, LogLevel.None, null));
            filter.Rules.Add(new LoggerFilterRule(null, "Microsoft", LogLevel.Error, null));
            filter.Rules.Add(new LoggerFilterRule(null, "Yarp", LogLevel.Error, null));
        }

        return new LoggerFactory([new StderrLoggerProvider(console)], filter);
    }

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
