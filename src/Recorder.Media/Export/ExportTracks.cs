using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <param name="First">The stream that describes it: the first of those that are joined.</param>
internal sealed record ExportTrack(StreamInfo First)
{
    /// <summary>The codec to encode its packets to; null when they are copied.</summary>
    public string? Encode { get; init; }

    /// <summary>Whether parameter sets are inserted before its key frames, because the parts have different ones.</summary>
    public bool HasInBandParameterSets { get; set; }

    public bool IsVideo => First.Parameters.Kind == MediaKind.Video;
}

/// <summary>The video of all parts becomes one track; audio with another configuration a track of its own.</summary>
internal sealed class ExportTracks
{
    private readonly ExportFormat _format;
    private readonly List<ExportTrack> _tracks = [];
    private readonly List<int[]> _trackMaps = [];

    private ExportTracks(ExportFormat format) => _format = format;

    public IReadOnlyList<ExportTrack> All => _tracks;

    /// <summary>Returns which track each stream of a part goes into; -1 for a stream that is left out.</summary>
    public IReadOnlyList<int> TrackMapOf(int part) => _trackMaps[part];

    public static ExportTracks Of(IReadOnlyList<IReadOnlyList<StreamInfo>> parts, ExportFormat format)
    {
        var tracks = new ExportTracks(format);
        foreach (var streams in parts)
            tracks.Add(streams);

        return tracks;
    }

    /// <summary>Index of the stream whose key frames an export begins with: the first video, else the first.</summary>
    public static int ReferenceStream(IReadOnlyList<StreamInfo> streams) =>
        streams.FirstOrDefault(stream => stream.Parameters.Kind == MediaKind.Video)?.Index ?? 0;

    public static InBandSets? ParameterSetsOf(CodecParameters parameters) => InBandSets.Of(parameters.Codec, parameters.CopyExtraData());

    private void Add(IReadOnlyList<StreamInfo> streams)
    {
        var trackMap = new int[streams.Count];
        Array.Fill(trackMap, -1);
        for (var i = 0; i < trackMap.Length; i++)
        {
            if (streams[i].Parameters.Kind is MediaKind.Video or MediaKind.Audio)
                trackMap[i] = TrackOf(streams[i], trackMap);
        }

        _trackMaps.Add(trackMap);
    }

    // The track that a stream goes into: one that no other stream of the same part goes into, or a new one.
    private int TrackOf(StreamInfo stream, int[] taken)
    {
        for (var target = 0; target < _tracks.Count; target++)
        {
            var track = _tracks[target];
            if (!taken.Contains(target) && CanContinue(track, stream.Parameters))
            {
                if (track is { IsVideo: true, Encode: null } && !track.First.Parameters.Equivalent(stream.Parameters))
                    track.HasInBandParameterSets |= ParameterSetsOf(stream.Parameters) is not null;

                return target;
            }
        }

        _tracks.Add(NewTrack(stream));
        return _tracks.Count - 1;
    }

    private bool CanContinue(ExportTrack track, CodecParameters next)
    {
        var first = track.First.Parameters;
        if (first.Kind != next.Kind)
            return false;

        if (_format.Transcode || first.Equivalent(next) || !track.IsVideo)
            return _format.Transcode || first.Equivalent(next);

        var isDecodable = first.Codec == next.Codec && (first.Codec is "vp8" or "vp9" or "av1" ||
            (ParameterSetsOf(next) is { } sets && ParameterSetsOf(first)?.LengthSize == sets.LengthSize));
        return isDecodable ? true : throw new ExportRefusedException(
            $"The video changes from {first} to {next}, and no file can hold both without encoding; ask for transcode=true, " +
            "or export an interval before or after the change.");
    }

    private ExportTrack NewTrack(StreamInfo stream)
    {
        var codec = stream.Parameters.Codec;
        var kind = stream.Parameters.Kind == MediaKind.Video ? TrackKind.Video : TrackKind.Audio;
        if (_format.Transcode || (kind == TrackKind.Audio && !_format.Holds(codec)))
            return new ExportTrack(stream) { Encode = CodecTable.DefaultCodec(_format.Container, kind) };

        if (_format.Holds(codec))
            return new ExportTrack(stream);

        var others = CodecTable.Containers.Where(other => CodecTable.Holds(other, codec)).Select(CodecTable.Extension);
        throw new ExportRefusedException(
            $"{_format.Container} cannot hold {codec}, and video is encoded only on request; ask for " +
            $"{string.Join(" or ", others.Select(extension => $"export{extension}"))}, or for transcode=true.");
    }
}
