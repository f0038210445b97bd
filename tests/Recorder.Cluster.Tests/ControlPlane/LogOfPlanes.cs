using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>What control planes logged, for a spec that fails and for one that expects a sentence.</summary>
internal sealed class LogOfPlanes
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILoggerProvider For(string node) => new Provider(this, node);

    private sealed class Provider(LogOfPlanes log, string node) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log._lines.Enqueue($"{Stopwatch.GetElapsedTime(log._startedAt).TotalSeconds:0.00} {node} {logLevel}: {formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
