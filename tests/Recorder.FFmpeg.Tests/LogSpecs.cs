using Microsoft.Extensions.Logging;

namespace Recorder.FFmpeg.Tests;

[Collection(nameof(FFmpegCollection))]
public sealed class LogSpecs(MediaFixture media) : IDisposable
{
    private readonly Lines _lines = new();

    public void Dispose() => FFmpegLibrary.Initialize();

    [Fact]
    public void FFmpegs_errors_reach_the_logger_as_whole_lines()
    {
        FFmpegLibrary.Initialize(_lines);
        Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = media["truncated.mp4"] }));
        var error = _lines.All.ShouldHaveSingleItem(string.Join('\n', _lines.All));
        error.Level.ShouldBe(LogLevel.Error);
        error.Text.ShouldContain("moov atom not found");
        error.Text.ShouldStartWith("[mov,mp4");
    }

    [Fact]
    public void Passwords_do_not_reach_the_logger()
    {
        _lines.Least = LogLevel.Trace;
        FFmpegLibrary.Initialize(_lines);
        Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = "http://user:secret@127.0.0.1:1/x" }));
        _lines.All.ShouldNotBeEmpty();
        _lines.All.ShouldAllBe(l => !l.Text.Contains("secret"));
    }

    [Fact]
    public void An_unknown_option_causes_a_warning()
    {
        FFmpegLibrary.Initialize(_lines);
        using var demuxer = Demuxer.Open(new DemuxerOptions
        {
            Url = media["h264-aac.mp4"],
            Options = new Dictionary<string, string> { ["rtsp_transprot"] = "tcp" },
        });
        _lines.All.ShouldContain(l => l.Level == LogLevel.Warning && l.Text.Contains("rtsp_transprot"));
    }

    [Fact]
    public void A_logger_that_throws_does_not_end_the_process()
    {
        _lines.Throws = true;
        FFmpegLibrary.Initialize(_lines);
        Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = media["truncated.mp4"] }));
    }

    [Fact]
    public void Without_a_logger_nothing_is_logged()
    {
        FFmpegLibrary.Initialize(_lines);
        FFmpegLibrary.Initialize();
        Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = media["truncated.mp4"] }));
        _lines.All.ShouldBeEmpty();
    }

    private sealed class Lines : ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<(LogLevel Level, string Text)> _all = [];

        public LogLevel Least { get; set; } = LogLevel.Warning;

        public bool Throws { get; set; }

        public IReadOnlyList<(LogLevel Level, string Text)> All
        {
            get
            {
                lock (_gate)
                    return [.. _all];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Throws)
                throw new InvalidOperationException("The disk is full.");
            lock (_gate)
                _all.Add((logLevel, formatter(state, exception)));
        }
    }
}
