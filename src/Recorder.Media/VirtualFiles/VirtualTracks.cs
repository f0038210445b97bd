using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <summary>Fragments of one extent that a virtual file has.</summary>
/// <param name="Part">The extent.</param>
/// <param name="First">The first of them.</param>
/// <param name="End">Behind the last.</param>
internal readonly record struct FragmentRange(ExtentPart Part, int First, int End);

/// <summary>A track of a virtual file.</summary>
/// <param name="Header">The header that describes it: that of the first extent which has something of it.</param>
/// <param name="Index">Its place in that header.</param>
internal sealed record VirtualTrack(Mp4Header Header, int Index)
{
    public Mp4Track Source => Header.Tracks[Index];

    public Mp4SampleEntry Entry => Source.Entry;

    public uint Timescale => Source.Timescale;

    /// <summary>Whether parameter sets stand in front of its key frames, because they are not the same everywhere.</summary>
    public bool HasSetsInBand { get; set; }
}

/// <summary>Where a recording goes on with pictures that the decoder of those before cannot show.</summary>
/// <param name="At">The moment on the recording's timeline.</param>
/// <param name="Before">The codec before it.</param>
/// <param name="After">The codec from it on.</param>
internal sealed record CodecChange(TimeSpan At, string Before, string After);

/// <summary>
/// The tracks of a virtual file: those of all its extents that have something in it. The tracks of pictures of all extents are one, as long as one
/// decoder shows them; sound with another configuration becomes a track of its own, as no player takes another configuration within one.
/// </summary>
internal sealed class VirtualTracks
{
    private readonly List<VirtualTrack> _tracks = [];
    private readonly List<int[]> _places = [];

    private VirtualTracks()
    {
    }

    public IReadOnlyList<VirtualTrack> All => _tracks;

    /// <summary>The ranges that go together; all but where <see cref="Change"/> is set.</summary>
    public int Ranges => _places.Count;

    /// <summary>Where the ranges that go together end; null when all do.</summary>
    public CodecChange? Change { get; private set; }

    /// <summary>Index of the track that seeking goes by: the first of pictures, else the first.</summary>
    public int Reference => Math.Max(0, _tracks.FindIndex(track => track.Source.IsVideo));

    /// <summary>Which track each of an extent's becomes; -1 for one without anything in the range.</summary>
    public IReadOnlyList<int> PlacesOf(int range) => _places[range];

    public static VirtualTracks Of(IReadOnlyList<FragmentRange> ranges)
    {
        var tracks = new VirtualTracks();
        foreach (var range in ranges)
        {
            if (!tracks.Add(range))
            {
                break;
            }
        }

        return tracks;
    }

    private bool Add(FragmentRange range)
    {
        var header = range.Part.Header;
        var places = new int[header.Tracks.Count];
        Array.Fill(places, -1);
        for (var track = 0; track < places.Length; track++)
        {
            if (!HasAny(range, track))
            {
                continue;
            }

            var isPicture = track == header.Reference && header.Tracks[track].IsVideo;
            var entry = header.Tracks[track].Entry;
            var place = _tracks.FindIndex(known =>
                Array.IndexOf(places, _tracks.IndexOf(known)) < 0 && known.Source.IsVideo == header.Tracks[track].IsVideo &&
                (isPicture || (entry.IsSame(known.Entry) && known.Timescale == header.Tracks[track].Timescale)));
            if (place < 0)
            {
                (place, var added) = (_tracks.Count, new VirtualTrack(header, track));
                _tracks.Add(added);
            }

            var target = _tracks[place];
            if (isPicture && !entry.IsSame(target.Entry))
            {
                if (!entry.GoesOnFrom(target.Entry) || (entry.Sets is not null && !range.Part.Map.KnowsKeys))
                {
                    Change = new CodecChange(range.Part.TimeOf(range.First), target.Entry.Codec, entry.Codec);
                    return false;
                }

                target.HasSetsInBand |= entry.Sets is not null;
            }

            places[track] = place;
        }

        _places.Add(places);
        return true;
    }

    private static bool HasAny(FragmentRange range, int track)
    {
        for (var index = range.First; index < range.End; index++)
        {
            if (range.Part.Map.Run(index, track).Exists)
            {
                return true;
            }
        }

        return false;
    }
}
