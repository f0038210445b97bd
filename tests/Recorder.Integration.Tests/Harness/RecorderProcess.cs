using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>The built program, started as a user starts it: arguments in, JSON lines, messages and an exit code out.</summary>
public sealed class RecorderProcess : IAsyncDisposable
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<RecorderEvent> _events = [];
    private readonly StringBuilder _plainOutput = new();
    private readonly StringBuilder _errors = new();
    private readonly string _commandLine;
    private readonly Task _output;
    private readonly Task _error;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RecorderProcess(ProcessStartInfo info)
    {
        _commandLine = $"{info.FileName} {string.Join(' ', info.ArgumentList)}";
        _process = Process.Start(info) ?? throw new InvalidOperationException("the recorder did not start");
        _process.StandardInput.Close();
        _output = ReadOutputAsync();
        _error = ReadErrorsAsync();
    }

    /// <summary>The program: beside this test's build in the tree, or what SPECS_PROGRAM names.</summary>
    public static string Program { get; } = FindProgram();

    public int Id => _process.Id;

    public IReadOnlyList<RecorderEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public IReadOnlyList<RecorderEvent> Data => [.. Events.Where(e => e.IsData)];

    public string Errors
    {
        get
        {
            lock (_gate)
            {
                return _errors.ToString();
            }
        }
    }

    public string PlainOutput
    {
        get
        {
            lock (_gate)
            {
                return _plainOutput.ToString();
            }
        }
    }

    /// <summary>Starts <c>recorder</c> with a command line as one would type it ('quotes' keep blanks).</summary>
    public static RecorderProcess Start(string folder, string arguments) =>
        Start(folder, [Program, .. Command.Split(arguments)]);

    /// <summary>Starts <c>recorder</c> as <c>nohup</c>, or a script in its background, does: with signals ignored.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="signals">Their names, as <c>env</c> has them.</param>
    /// <param name="arguments">The command line.</param>
    public static RecorderProcess StartIgnoring(string folder, string signals, string arguments) =>
        Start(folder, ["/usr/bin/env", $"--ignore-signal={signals}", Program, .. Command.Split(arguments)]);

    /// <summary>Starts <c>recorder</c> from a shell script in which "$@" is the program and its arguments.</summary>
    public static RecorderProcess StartInShell(string folder, string script, string arguments, params string[] wrapper) =>
        Start(folder, ["/usr/bin/env", .. wrapper, "bash", "-c", script, "recorder", Program, .. Command.Split(arguments)]);

    /// <summary>Runs to the end.</summary>
    public static async Task<RecorderProcess> RunAsync(string folder, string arguments, int? exitCode = null)
    {
        var process = Start(folder, arguments);
        var code = await process.ExitAsync();
        if (exitCode is { } expected)
            code.ShouldBe(expected, process.Describe());

        return process;
    }

    public void Signal(int signal)
    {
        if (NativeMethods.Send(_process.Id, signal) != 0)
            throw new InvalidOperationException($"kill({signal}) failed: {Marshal.GetLastPInvokeError()}\n{Describe()}");
    }

    /// <summary>Waits for the n-th event (from 1) for which the predicate holds.</summary>
    public async Task<RecorderEvent> EventAsync(string what, Func<RecorderEvent, bool> predicate, int count = 1)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_events.Where(predicate).Skip(count - 1).FirstOrDefault() is { } found)
                    return found;

                changed = _changed.Task;
            }

            if (_output.IsCompleted)
            {
                if (Events.Where(predicate).Skip(count - 1).FirstOrDefault() is { } last)
                    return last;

                await ExitAsync();
                throw new InvalidOperationException($"The recorder ended without: {what}\n{Describe()}");
            }

            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero
                || await Task.WhenAny(changed, _output, Task.Delay(left)) is { } first && first != changed && first != _output)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain for: {what}\n{Describe()}");
            }
        }
    }

    public Task<RecorderEvent> EventAsync(string kind) => EventAsync(kind, e => e.Kind == kind);

    /// <summary>Waits for the end and returns the exit code; all output has been read by then.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await Task.WhenAll(_output, _error).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The recorder did not end within {Patience.TotalSeconds} s.\n{Describe()}");
        }

        return _process.ExitCode;
    }

    /// <summary>Everything that is known about the run, for a failure's message.</summary>
    public string Describe()
    {
        lock (_gate)
        {
            var state = _process.HasExited ? $"exit code {_process.ExitCode}" : "still running";
            return $"--- {_commandLine} ({state})\n--- events\n{string.Join('\n', _events)}\n--- plain output\n{_plainOutput}\n--- stderr\n{_errors}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await Task.WhenAll(_output, _error);
        _process.Dispose();
    }

    private static RecorderProcess Start(string folder, string[] line)
    {
        var info = Launch.Of(line);
        (info.RedirectStandardOutput, info.RedirectStandardError, info.RedirectStandardInput) = (true, true, true);
        info.WorkingDirectory = folder;
        return new RecorderProcess(info);
    }

    private static string FindProgram()
    {
        if (Environment.GetEnvironmentVariable("SPECS_PROGRAM") is { Length: > 0 } named)
            return named;

        var ours = $"/tests/{typeof(RecorderProcess).Assembly.GetName().Name}/";
        var here = AppContext.BaseDirectory;
        var at = here.LastIndexOf(ours, StringComparison.Ordinal);
        var program = at < 0 ? "" : Path.Combine(here[..at], "src/Recorder.Node", here[(at + ours.Length)..], "recorder");
        return File.Exists(program) ? program : throw new FileNotFoundException($"Build src/Recorder.Node first: no {program}.");
    }

    private async Task ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            RecorderEvent? read = null;
            try
            {
                read = line.StartsWith("{\"event\"", StringComparison.Ordinal) ? new RecorderEvent(line, _process.StartInfo.WorkingDirectory) : null;
            }
            catch (JsonException)
            {
                // The last line of a killed process may be cut: not an event that was announced.
            }

            TaskCompletionSource changed;
            lock (_gate)
            {
                if (read is null)
                    _plainOutput.AppendLine(line);
                else
                    _events.Add(read);

                changed = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            changed.SetResult();
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _errors.AppendLine(line);
            }
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Send(int process, int signal);
    }
}
