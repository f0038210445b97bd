using Recorder.Contracts;
using Recorder.FFmpeg;
using ParameterSets = Recorder.Media.Mp4.ParameterSets;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>A container cannot hold what was recorded; the message says which can, or what to ask for.</summary>
internal sealed class ExportRefusedException(string message) : Exception(message);

/// <summary>What an export is to be.</summary>
/// <param name="Container">The file's container.</param>
/// <param name="Transcode">Whether pictures and sound are encoded anew: one size, one codec.</param>
internal sealed record ExportFormat(MediaContainer Container, bool Transcode = false)
{
    /// <summary>Encode what is not copied.</summary>
    public IMediaCodecs Codecs { get; init; } = InProcessCodecs.Default;

    /// <summary>Of pictures that are encoded: bits for each pixel of each frame.</summary>
    private const double BitsPerPixel = 0.12;

    /// <summary>Bits a second of pictures that are encoded.</summary>
    public static long BitRateOf(CodecParameters video) => (long)Math.Max(
        200_000, BitsPerPixel * video.Width * video.Height * (video.FrameRate.IsKnown ? Math.Clamp(video.FrameRate.Value, 1, 60) : 25));
}

/// <summary>A track of an exported file.</summary>
/// <param name="First">The stream that describes it: the first of those that it is made of.</param>
internal sealed record ExportTrack(StreamInfo First)
{
    /// <summary>What its packets are encoded to; null when they are copied.</summary>
    public string? Encode { get; init; }

    /// <summary>Whether parameter sets stand in front of each key frame, because they are not the same in all parts.</summary>
    public bool HasSetsInBand { get; set; }

    public bool IsVideo => First.Parameters.Kind == MediaKind.Video;
}

/// <summary>
/// The tracks of an exported file, and which stream of each part goes into which. Pictures of all parts are one track, as long as one decoder shows
/// them or they are encoded anew; sound with another configuration becomes a track of its own.
/// </summary>
internal sealed class ExportTracks
{
    private static readonly MediaContainer[] Containers = [MediaContainer.Mp4, MediaContainer.WebM, MediaContainer.Matroska];

    private readonly ExportFormat _format;
    private readonly List<ExportTrack> _tracks = [];
    private readonly List<int[]> _places = [];

    private ExportTracks(ExportFormat format) => _format = format;

    public IReadOnlyList<ExportTrack> All => _tracks;

    /// <summary>Which track each of a part's streams goes into.</summary>
    public IReadOnlyList<int> PlacesOf(int part) => _places[part];

    /// <summary>Plans the tracks.</summary>
    /// <exception cref="ExportRefusedException">One file cannot hold what there is.</exception>
    public static ExportTracks Of(IReadOnlyList<IReadOnlyList<StreamInfo>> parts, ExportFormat format)
    {
        var tracks = new ExportTracks(format);
        foreach (var streams in parts)
        {
            tracks.Add(streams);
        }

        return tracks;
    }

    /// <summary>The stream whose key frames count: the video.</summary>
    public static int Leader(IReadOnlyList<StreamInfo> streams) =>
        streams.FirstOrDefault(stream => stream.Parameters.Kind == MediaKind.Video)?.Index ?? 0;

    /// <summary>The parameter sets of H.264 or HEVC as they stand in front of a picture in a container; null of others.</summary>
    public static ParameterSets? SetsOf(CodecParameters parameters) => parameters.Codec switch
    {
        "h264" => ParameterSets.OfAvc(parameters.CopyExtraData()),
        "hevc" => ParameterSets.OfHevc(parameters.CopyExtraData()),
        _ => null,
    };

    private void Add(IReadOnlyList<StreamInfo> streams)
    {
        var places = new int[streams.Count];
        Array.Fill(places, -1);
        for (var i = 0; i < places.Length; i++)
        {
            var stream = streams[i];
            if (stream.Parameters.Kind is not (MediaKind.Video or MediaKind.Audio))
            {
                continue;
            }

            var place = _tracks.FindIndex(track => Array.IndexOf(places, _tracks.IndexOf(track)) < 0 && GoesOn(track, stream.Parameters));
            if (place < 0)
            {
                place = _tracks.Count;
                _tracks.Add(Begin(stream));
            }
            else if (_tracks[place] is { IsVideo: true, Encode: null } track && !track.First.Parameters.Equivalent(stream.Parameters))
            {
                track.HasSetsInBand |= SetsOf(stream.Parameters) is not null;
            }

            places[i] = place;
        }

        _places.Add(places);
    }

    private bool GoesOn(ExportTrack track, CodecParameters next)
    {
        var first = track.First.Parameters;
        if (first.Kind != next.Kind)
        {
            return false;
        }

        if (_format.Transcode || first.Equivalent(next))
        {
            return true;
        }

        if (!track.IsVideo)
        {
            return false;
        }

        var goesOn = first.Codec == next.Codec && (first.Codec is "vp8" or "vp9" or "av1" ||
            (SetsOf(next) is { } sets && SetsOf(first)?.LengthSize == sets.LengthSize));
        return goesOn ? true : throw new ExportRefusedException(
            $"The pictures change from {first} to {next}, which no one file can hold as they are: ask for transcode=true, or export an interval on one side.");
    }

    private ExportTrack Begin(StreamInfo stream)
    {
        var codec = stream.Parameters.Codec;
        var kind = stream.Parameters.Kind == MediaKind.Video ? TrackKind.Video : TrackKind.Audio;
        if (_format.Transcode || (kind == TrackKind.Audio && !CodecTable.Holds(_format.Container, codec)))
        {
            return new ExportTrack(stream) { Encode = CodecTable.DefaultCodec(_format.Container, kind) };
        }

        if (CodecTable.Holds(_format.Container, codec))
        {
            return new ExportTrack(stream);
        }

        var others = Containers.Where(other => CodecTable.Holds(other, codec)).Select(other => $"export{CodecTable.Extension(other)}");
        throw new ExportRefusedException(
            $"{_format.Container} cannot hold {codec}, and pictures are not encoded unless asked: ask for {string.Join(" or ", others)}, or for transcode=true.");
    }
}
