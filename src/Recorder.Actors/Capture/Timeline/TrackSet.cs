using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Numbers the tracks of a source for good. A stream that returns after a reconnect, or later, is the same track as
/// before: the first video stream is the first video track again.</summary>
internal sealed class TrackSet
{
    private readonly List<SourceTrack> _tracks = [];
    private readonly List<SourceTrack> _gone = [];
    private int[] _trackOfStream = [];
    private int _nextId;

    public IReadOnlyList<SourceTrack> Tracks { get; private set; } = [];

    /// <summary>The first video track, at whose key frames recordings begin; -1 for none.</summary>
    public int Leading { get; private set; } = -1;

    /// <summary>-1 for a stream that is not recorded.</summary>
    public int TrackOf(int stream) => (uint)stream < (uint)_trackOfStream.Length ? _trackOfStream[stream] : -1;

    public SourceTrack? Find(int id)
    {
        foreach (var track in _tracks)
        {
            if (track.Id == id)
                return track;
        }

        return null;
    }

    public static bool IsRecordable(StreamInfo stream) => !stream.AttachedPicture && stream.TimeBase.IsKnown && stream.Parameters.Kind switch
    {
        MediaKind.Video => stream.Parameters.Width > 0 && stream.Parameters.Height > 0,
        MediaKind.Audio => stream.Parameters.SampleRate > 0 && stream.Parameters.Channels > 0,
        _ => false,
    };

    /// <summary>Returns a sentence that says what changed; null for no change.</summary>
    public string? Update(IReadOnlyList<StreamInfo> streams)
    {
        var changes = new List<string>();
        var free = new List<SourceTrack>(_tracks);
        _trackOfStream = new int[streams.Count == 0 ? 0 : streams.Max(s => s.Index) + 1];
        Array.Fill(_trackOfStream, -1);
        var added = new List<SourceTrack>();
        foreach (var stream in streams.Where(IsRecordable))
        {
            var known = free.FirstOrDefault(t => t.Parameters.Kind == stream.Parameters.Kind);
            var track = known is null ? Return(stream) ?? Describe(_nextId++, stream) : Renew(known, stream);
            if (known is null)
            {
                added.Add(track);
                changes.Add($"track {track.Id} ({track.Parameters}) appeared");
            }
            else
            {
                free.Remove(known);
                if (track != known)
                {
                    _tracks[_tracks.IndexOf(known)] = track;
                    changes.Add($"track {track.Id} changed from {known.Parameters} to {track.Parameters}");
                }
            }

            _trackOfStream[stream.Index] = track.Id;
        }

        foreach (var gone in free)
        {
            _tracks.Remove(gone);
            _gone.Add(gone);
            changes.Insert(0, $"track {gone.Id} ({gone.Parameters}) is no longer sent");
        }

        _tracks.AddRange(added);
        Tracks = [.. _tracks];
        Leading = _tracks.Find(t => t.Parameters.Kind == MediaKind.Video)?.Id ?? -1;
        return changes.Count == 0 ? null : Capitalise(string.Join("; ", changes)) + ".";

        static string Capitalise(string text) => char.ToUpperInvariant(text[0]) + text[1..];
    }

    internal static SourceTrack Describe(int id, StreamInfo stream)
    {
        var parameters = stream.Parameters;
        return new SourceTrack(id, parameters, stream.TimeBase, new TrackDescription
        {
            Id = id,
            Kind = parameters.Kind == MediaKind.Video ? TrackKind.Video : TrackKind.Audio,
            Codec = parameters.Codec,
            MimeCodec = parameters.MimeCodec,
            Width = parameters.Width,
            Height = parameters.Height,
            FrameRate = parameters.Kind != MediaKind.Video ? 0 : stream.FrameRate.IsKnown ? stream.FrameRate.Value : parameters.FrameRate.Value,
            SampleRate = parameters.SampleRate,
            Channels = parameters.Channels,
            BitsPerSecond = parameters.BitRate,
            Language = stream.Language,
            Rotation = parameters.Rotation,
        });
    }

    // A stream of the same kind and codec that returns is the track it was before.
    private SourceTrack? Return(StreamInfo stream)
    {
        if (_gone.Find(track => track.Parameters.Kind == stream.Parameters.Kind && track.Parameters.Codec == stream.Parameters.Codec) is not { } track)
            return null;

        _gone.Remove(track);
        return Renew(track, stream);
    }

    // The announced time base stays, because the timeline converts to it.
    private static SourceTrack Renew(SourceTrack known, StreamInfo stream) =>
        known.Parameters.Equivalent(stream.Parameters) ? known : Describe(known.Id, stream) with { TimeBase = known.TimeBase };
}
