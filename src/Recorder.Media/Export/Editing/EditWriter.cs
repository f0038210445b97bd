using System.Globalization;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>What a file is made of, known before its first byte is written.</summary>
/// <param name="Zero">When place 0 is, on the timeline of the source.</param>
/// <param name="IndexBytes">Space for the index before the media.</param>
internal sealed record EditLayout(
    EditTracks Tracks, FrameGrid Grid, IReadOnlyList<HoleFill> Fills, BlackFrames? Black, TimeCode TimeCode, TimeSpan Zero, int IndexBytes,
    bool ChangesParameterSets)
{
    public TimeCodeRate Rate => TimeCode.Rate;

    /// <summary>How the video is encoded; null when it is copied.</summary>
    public EditEncoding? Encoding { get; init; }

    /// <summary>What encoded video shows in holes.</summary>
    public EditHoles EncodedHoles { get; init; }

    /// <summary>Frames that the file will have.</summary>
    public long Frames => Encoding is not null ? Grid.Length : Grid.Places.Length + Fills.Where(fill => fill.IsBlack).Sum(fill => fill.Hole.Length);
}

/// <summary>Copies the packets of a recording to their places in a file, or encodes its video for them.</summary>
internal sealed class EditWriter : IDisposable
{
    private const int ProgressFrames = 100;

    private readonly EditLayout _layout;
    private readonly IProgress<EditProgress>? _progress;
    private readonly SoundTrack[] _sound;
    private readonly Dictionary<int, GridHole> _black;
    private readonly Muxer _muxer;
    private readonly ExportQueues _queues;
    private readonly EncodedVideo? _encoded;
    // A frame is a whole number of ticks.
    private readonly int _ticks;
    private int _next;
    private long _written;

    /// <exception cref="EditExportException">The container cannot hold a track.</exception>
    public EditWriter(EditLayout layout, SourceSurvey survey, EditFileOptions options, string path, IProgress<EditProgress>? progress, CancellationToken cancellationToken)
    {
        (_layout, _progress) = (layout, progress);
        var tracks = layout.Tracks;
        _sound = [.. tracks.Sound.Select((track, index) => new SoundTrack(tracks.All.All[track], index + 1, layout.Zero, layout.Grid.Scale))];
        _black = layout.Fills.Where(fill => fill.IsBlack).ToDictionary(fill => fill.Before, fill => fill.Hole);
        var rate = layout.Rate;
        _ticks = rate.IsNtsc ? rate.Denominator : 1000;
        var timescale = rate.IsNtsc ? rate.Numerator : rate.Numerator * 1000;
        _encoded = layout.Encoding is null ? null : new EncodedVideo(layout, survey, options, (place, batch) => AddFrame(batch, place, place, 1), cancellationToken);
        try
        {
            _muxer = new Muxer(new MuxerOptions
            {
                Format = options.Format,
                File = path,
                Tracks = [VideoOf(options, timescale), .. _sound.Select(SoundOf)],
                Metadata = MetadataOf(options, layout.TimeCode),
                FileOptions = new Dictionary<string, string>
                {
                    ["moov_size"] = layout.IndexBytes.ToString(CultureInfo.InvariantCulture),
                    ["video_track_timescale"] = timescale.ToString(CultureInfo.InvariantCulture),
                    ["write_tmcd"] = "1",
                    // Without an edit list, frames that are decoded before they are shown need offsets below 0.
                    ["use_editlist"] = "0",
                    ["movflags"] = "negative_cts_offsets",
                },
            });
        }
        catch (FFmpegException refused) when (refused.InnerException is null)
        {
            _encoded?.Dispose();
            throw new EditExportException(
                EditError.NotHeld, $"{refused.Message} Ask for {(options.Container == EditContainer.Mp4 ? "MOV" : "MP4")}, if that can hold it.", refused);
        }

        _queues = new ExportQueues(_muxer, _sound.Length + 1);
    }

    public void Add(ExportPacket packet)
    {
        var target = _layout.Tracks.Targets[packet.Track];
        if (target < 0 || packet.Info.Size == 0)
            return;

        if (target > 0)
        {
            _sound[target - 1].Add(packet, _queues.Add);
            return;
        }

        if (_encoded is not null)
        {
            _encoded.Add(packet);
            return;
        }

        var grid = _layout.Grid;
        if (_next == grid.Decoded.Length)
            throw new EditExportException(EditError.NotRead, "The recording changed while it was read; export it again.");

        if (_black.TryGetValue(_next, out var hole))
            AddBlack(hole);

        var decoded = grid.Decoded[_next];
        var isLast = _next + 1 == grid.Decoded.Length || _black.ContainsKey(_next + 1);
        AddFrame(packet.Keep(), grid.Places[_next], decoded, isLast ? 1 : grid.Decoded[_next + 1] - decoded);
        _next++;
    }

    /// <summary>Writes what is left, and the index.</summary>
    public IReadOnlyList<EditSound> Finish()
    {
        _encoded?.Finish();
        _queues.Drain();
        _muxer.Finish();
        _progress?.Report(new EditProgress(_written, _layout.Frames));
        return [.. _sound.Select(track => track.Report)];
    }

    public void Dispose()
    {
        _encoded?.Dispose();
        _queues.Dispose();
        _muxer.Dispose();
    }

    private static Dictionary<string, string> MetadataOf(EditFileOptions options, TimeCode timeCode)
    {
        var metadata = new Dictionary<string, string>();
        if (options.Metadata.Name is { Length: > 0 } name)
            metadata["title"] = name;

        if (options.Metadata.RecordedAt is { } at)
            metadata["creation_time"] = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

        if (options.Container == EditContainer.Mov)
            metadata["xmp"] = XmpPacket.Of(options.Metadata, timeCode);

        return metadata;
    }

    private MuxerTrack VideoOf(EditFileOptions options, int timescale)
    {
        var metadata = new Dictionary<string, string> { ["timecode"] = _layout.TimeCode.ToString() };
        // FFmpeg names the reel in the time code track of a MOV; MP4 has no such place.
        if (options is { Container: EditContainer.Mov, Metadata.Reel: { Length: > 0 } reel })
            metadata["reel_name"] = reel;

        var video = _layout.Tracks.VideoTrack.First;
        return new MuxerTrack(_encoded?.Output ?? _layout.Black?.Parameters ?? video.Parameters, new Rational(1, timescale), video.Language)
        {
            Metadata = metadata,
            FrameRate = new Rational(_layout.Rate.Numerator, _layout.Rate.Denominator),
        };
    }

    private MuxerTrack SoundOf(SoundTrack sound, int index)
    {
        var first = _layout.Tracks.All.All[_layout.Tracks.Sound[index]].First;
        return new MuxerTrack(first.Parameters, sound.TimeBase, first.Language);
    }

    private void AddBlack(GridHole hole)
    {
        var delay = -_layout.Grid.Decoded[0];
        for (var place = hole.Place; place < hole.End; place++)
        {
            var batch = PacketBatch.Rent();
            batch.Add(_layout.Black!.Frame(place), 0, 0, 0, 0, key: true);
            AddFrame(batch, place, place - delay, 1);
        }
    }

    private void AddFrame(PacketBatch batch, long place, long decoded, long length)
    {
        _queues.Add(0, batch, new PacketTimes(place * _ticks, decoded * _ticks, length * _ticks), _layout.Rate.TimeOf(decoded));
        if (++_written % ProgressFrames == 0)
            _progress?.Report(new EditProgress(_written, _layout.Frames));
    }
}
