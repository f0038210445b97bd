using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Tests.Facade;

/// <summary>A node with real sources, codecs and files, and its log, shared by the specs of a class.</summary>
public sealed class FacadeNode : IAsyncLifetime
{
    /// <summary>Two seconds of media as fast as they can be recorded.</summary>
    public const string TwoSeconds = "test:?size=64x48&pace=fast&duration=2s";

    /// <summary>Media without end, in real time.</summary>
    public const string Endless = "test:?size=64x48";

    public string Folder { get; } = Directory.CreateTempSubdirectory("recorder-facade-").FullName;

    public LogSink Log { get; } = new();

    public RecorderRuntime Runtime { get; private set; } = null!;

    public Task InitializeAsync()
    {
        Runtime = RecorderRuntime.Start(logging: Log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await Runtime.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public Task<MediaRecorder> CreateAsync(string source, RecorderOptions? options = null) =>
        MediaRecorder.CreateAsync(Runtime, source, options, new RecordingTarget(Folder));
}

/// <summary>Keeps log entries, so that specs can wait for them.</summary>
public sealed class LogSink : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _errors = [];
    private readonly List<Exception> _exceptions = [];
    private readonly List<(Predicate<Exception> Wanted, TaskCompletionSource Found)> _waiting = [];

    /// <summary>The errors logged so far without an exception.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_lock)
                return [.. _errors];
        }
    }

    /// <summary>Waits until an exception like this is logged as an error.</summary>
    public Task Logged(Predicate<Exception> wanted)
    {
        lock (_lock)
        {
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, found));
            _exceptions.ForEach(Check);
            return found.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            if (logLevel == LogLevel.Error && exception is null)
            {
                _errors.Add(formatter(state, exception));
            }
            else if (logLevel == LogLevel.Error && exception is not null)
            {
                _exceptions.Add(exception);
                Check(exception);
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private void Check(Exception exception) =>
        _waiting.Where(waiting => waiting.Wanted(exception)).ToList().ForEach(waiting => waiting.Found.TrySetResult());
}

/// <summary>The events of a recorder, in order, each with the state that its handler saw.</summary>
internal sealed class EventTrace
{
    private readonly Lock _lock = new();
    private readonly List<RecorderProtocol.IEvent> _events = [];
    private readonly List<string> _words = [];
    private readonly List<(Predicate<RecorderProtocol.IEvent> Wanted, TaskCompletionSource<RecorderProtocol.IEvent> Found)>
        _waiting = [];

    public EventTrace(MediaRecorder recorder)
    {
        recorder.Started += (_, raised) => Add("start", raised);
        recorder.DataAvailable += (_, raised) => Add("dataavailable", raised);
        recorder.Paused += (_, raised) => Add("pause", raised);
        recorder.Resumed += (_, raised) => Add("resume", raised);
        recorder.Error += (_, raised) => Add("error", raised);
        recorder.Stopped += (_, raised) => Add("stop", raised);

        void Add(string name, RecorderProtocol.IEvent raised)
        {
            lock (_lock)
            {
                _events.Add(raised);
                _words.Add($"{name} {recorder.State.ToString().ToLowerInvariant()}");
                _waiting.Where(waiting => waiting.Wanted(raised)).ToList().ForEach(waiting => waiting.Found.TrySetResult(raised));
            }
        }
    }

    /// <summary>For example <c>start recording, dataavailable inactive, stop inactive</c>.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join(", ", _words);
        }
    }

    /// <summary>Waits for the first event of this type.</summary>
    public async Task<T> First<T>(Predicate<T>? wanted = null)
        where T : RecorderProtocol.IEvent
    {
        var found = new TaskCompletionSource<RecorderProtocol.IEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((raised => raised is T it && wanted?.Invoke(it) != false, found));
            if (_events.Find(_waiting[^1].Wanted) is { } earlier)
                found.TrySetResult(earlier);
        }

        return (T)await found.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
