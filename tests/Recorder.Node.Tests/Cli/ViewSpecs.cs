using System.Text.Json;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Node.Cli.Recording;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Tests.Cli;

public sealed class ViewSpecs
{
    private readonly Report _test = new("test");

    private RecorderProgress New => new(_test.Id, "test:", "take.mp4");

    [Fact]
    public void Json_is_one_line_per_event_and_nothing_else_on_standard_output()
    {
        var terminal = new Terminal();
        var view = new JsonView(terminal.Console);
        RecorderProtocol.IEvent[] events =
        [
            _test.Started(), _test.Data(1, 10), _test.Paused(), _test.Resumed(), _test.Source(SourceStatus.Lost, "two\nlines"), _test.Gap(1, 2),
            _test.Error("Why."), _test.Stopped(1, 10, 1, StopReason.Failed),
        ];

        var progress = Play(view, New, events);
        view.OnEnded(progress);

        var lines = terminal.Output.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(events.Length);
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString())
            .ShouldBe(["start", "dataavailable", "pause", "resume", "source", "gap", "error", "stop"]);
        lines.Select(ProtocolJson.Read<RecorderProtocol.IEvent>).ShouldBe(events);
        terminal.Error.ShouldBe("recorder: test: Why. Kept 1.0 s in take.mp4.\n");
    }

    [Fact]
    public void Lines_of_several_threads_are_never_interleaved()
    {
        var terminal = new Terminal();
        var line = ProtocolJson.Write<RecorderProtocol.IEvent>(_test.Data(1, 10));

        Parallel.For(0, 1_000, _ => terminal.Console.Line(line));

        terminal.Output.ShouldBe(string.Concat(Enumerable.Repeat(line + "\n", 1_000)));
    }

    [Fact]
    public void A_recording_has_a_line_at_its_start_and_one_at_its_end()
    {
        var terminal = new Terminal();
        var view = new LineView(terminal.Console, quiet: false);

        var progress = Play(view, New, _test.Started(), _test.Data(1, 250_000), _test.Stopped(1, 250_000, 1));
        view.OnEnded(progress);

        terminal.Output.ShouldBe(
            "test: recording video/mp4;codecs=avc1.42c01f,mp4a.40.2 from test: to take.mp4\n" +
            "test: recorded 1.0 s, 250 kB, 1 blob to take.mp4\n");
        terminal.Error.ShouldBe("");
    }

    [Fact]
    public void Problems_of_a_source_go_to_standard_error()
    {
        var terminal = new Terminal();

        Play(
            new LineView(terminal.Console, quiet: false),
            New,
            _test.Source(SourceStatus.Lost, "No data for 5 s."),
            _test.Source(SourceStatus.Connected),
            _test.Gap(7, 0));

        terminal.Output.ShouldBe("");
        terminal.Error.ShouldBe(
            "recorder: test: source lost, reconnecting: No data for 5 s.\n" +
            "recorder: test: gap of 7.0 s: Connection refused.\n");
    }

    [Fact]
    public void Quiet_prints_only_errors()
    {
        var terminal = new Terminal();
        var view = new LineView(terminal.Console, quiet: true);

        view.OnEnded(Play(view, New, _test.Started(), _test.Source(SourceStatus.Lost), _test.Stopped(1, 1, 1)));
        terminal.Output.ShouldBe("");
        terminal.Error.ShouldBe("");

        view.OnEnded(New.Refused(new MediaError(ErrorName.SecurityError, "No.")));
        terminal.Error.ShouldBe("recorder: test: No. Nothing was recorded.\n");
    }

    [Fact]
    public void A_terminal_has_live_lines_at_its_bottom_and_everything_else_above_them()
    {
        var terminal = new Terminal(isTerminal: true);
        var (one, other) = (New, new RecorderProgress(RecorderId.Parse("b"), "test:", "b.mp4"));
        var view = new LiveView(terminal.Console);

        view.Refresh([one, other]);
        Screen.Of(terminal.Output).ShouldBe([ProgressText.Line(one, 4, 80), ProgressText.Line(other, 4, 80)]);

        one = one.Apply(_test.Started()).Apply(_test.Data(1, 1_000));
        view.Refresh([one, other]);
        Screen.Of(terminal.Output).ShouldBe([ProgressText.Line(one, 4, 80), ProgressText.Line(other, 4, 80)]);

        one = one.Apply(_test.Stopped(1, 1_000, 1));
        view.OnEnded(one);
        Screen.Of(terminal.Output).ShouldBe(["test: recorded 1.0 s, 1.00 kB, 1 blob to take.mp4", ProgressText.Line(other, 1, 80)]);

        other = other.Refused(new MediaError(ErrorName.UnknownError, "No."));
        view.OnEnded(other);
        view.Refresh([one, other]);
        Screen.Of(terminal.Output).ShouldBe(["test: recorded 1.0 s, 1.00 kB, 1 blob to take.mp4"]);
        terminal.Error.ShouldBe("recorder: b: No. Nothing was recorded.\n");
    }

    [Fact]
    public void The_log_is_lines_on_standard_error_with_credentials_masked()
    {
        var terminal = new Terminal();
        using var logging = StderrLoggerProvider.CreateFactory(Verbosity.Normal, terminal.Console);
        var logger = logging.CreateLogger("Recorder.Actors.Capture.Live");

#pragma warning disable CA1848, CA2254 // a test's own words
        logger.Log(Microsoft.Extensions.Logging.LogLevel.Error, 0, "opening rtsp://user:secret@host/x\nfailed", null, (text, _) => text);
        logger.Log(Microsoft.Extensions.Logging.LogLevel.Warning, 0, "not wanted", null, (text, _) => text);
        logging.CreateLogger(StderrLoggerProvider.FFmpegCategory).Log(Microsoft.Extensions.Logging.LogLevel.Error, 0, "not wanted", null, (text, _) => text);
#pragma warning restore CA1848, CA2254

        terminal.Error.ShouldBe("error Live: opening rtsp://***@host/x failed\n");
        terminal.Output.ShouldBe("");
    }

    [Fact]
    public void The_first_signal_stops_and_the_second_aborts()
    {
        var calls = new List<string>();
        using var signals = new StopSignals(() => calls.Add("stop"), () => calls.Add("abort"));

        signals.OnSignal();
        calls.ShouldBe(["stop"]);
        signals.OnSignal();
        calls.ShouldBe(["stop", "abort"]);
    }

    private static RecorderProgress Play(ISessionView view, RecorderProgress progress, params RecorderProtocol.IEvent[] events)
    {
        foreach (var happened in events)
        {
            progress = progress.Apply(happened);
            view.OnEvent(happened, progress);
        }

        return progress;
    }
}

/// <summary>The lines that a terminal shows after some output; knows line feeds and the escape sequences of live lines.</summary>
internal static class Screen
{
    public static IReadOnlyList<string> Of(string output)
    {
        var lines = new List<string> { "" };
        var row = 0;
        for (var i = 0; i < output.Length; i++)
        {
            if (output[i] == '\n')
            {
                row++;
                if (row == lines.Count)
                    lines.Add("");
            }
            else if (output[i] == '\e')
            {
                var end = output.IndexOfAny(['F', 'J'], i);
                if (output[end] == 'F')
                {
                    row -= int.Parse(output[(i + 2)..end], System.Globalization.CultureInfo.InvariantCulture);
                }
                else
                {
                    lines.RemoveRange(row, lines.Count - row);
                    lines.Add("");
                }

                i = end;
            }
            else
            {
                lines[row] += output[i];
            }
        }

        return [.. lines.Where(line => line.Length > 0)];
    }
}
