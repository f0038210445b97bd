using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <param name="Header">The header that describes it: that of the first extent that has samples of it.</param>
internal sealed record VirtualTrack(Mp4Header Header, int Index)
{
    public Mp4Track Source => Header.Tracks[Index];

    public Mp4SampleEntry Entry => Source.Entry;

    public uint Timescale => Source.Timescale;

    /// <summary>Whether parameter sets are inserted before its key frames, because the extents have different ones.</summary>
    public bool HasInBandParameterSets { get; set; }
}

/// <summary>The point where the video changes so that one decoder cannot decode both parts.</summary>
internal sealed record CodecChange(TimeSpan At, string Before, string After);

/// <summary>All video becomes one track; audio with another configuration its own, because players accept no change.</summary>
internal sealed class VirtualTracks
{
    private readonly List<VirtualTrack> _tracks = [];
    private readonly List<int[]> _trackMaps = [];

    private VirtualTracks()
    {
    }

    public IReadOnlyList<VirtualTrack> All => _tracks;

    /// <summary>Number of ranges that fit into one file: all of them unless <see cref="Change"/> is set.</summary>
    public int Ranges => _trackMaps.Count;

    public CodecChange? Change { get; private set; }

    public int Reference => Math.Max(0, _tracks.FindIndex(track => track.Source.IsVideo));

    /// <summary>Returns which track of the file each track of a range becomes; -1 for a track without samples.</summary>
    public int[] TrackMapOf(int range) => _trackMaps[range];

    public static VirtualTracks Of(IReadOnlyList<FragmentRange> ranges)
    {
        var tracks = new VirtualTracks();
        foreach (var range in ranges)
        {
            if (!tracks.Add(range))
                break;
        }

        return tracks;
    }

    private bool Add(FragmentRange range)
    {
        var header = range.Part.Header;
        var trackMap = new int[header.Tracks.Count];
        Array.Fill(trackMap, -1);
        for (var track = 0; track < trackMap.Length; track++)
        {
            if (!range.Has(track))
                continue;

            var isMainVideo = track == header.Reference && header.Tracks[track].IsVideo;
            var entry = header.Tracks[track].Entry;
            var target = FindTarget(header.Tracks[track], isMainVideo, trackMap);
            if (target < 0)
            {
                target = _tracks.Count;
                _tracks.Add(new VirtualTrack(header, track));
            }

            var known = _tracks[target];
            if (isMainVideo && !entry.IsSame(known.Entry))
            {
                if (!entry.CanContinueFrom(known.Entry) || (entry.ParameterSets is not null && !range.Part.Map.KnowsKeys))
                {
                    Change = new CodecChange(range.Part.TimeOf(range.First), known.Entry.Codec, entry.Codec);
                    return false;
                }

                known.HasInBandParameterSets |= entry.ParameterSets is not null;
            }

            trackMap[track] = target;
        }

        _trackMaps.Add(trackMap);
        return true;
    }

    // A track of the file that no other track of the same extent becomes; below 0 when there is none.
    private int FindTarget(Mp4Track track, bool isMainVideo, int[] taken)
    {
        for (var target = 0; target < _tracks.Count; target++)
        {
            var known = _tracks[target];
            if (!taken.Contains(target) && known.Source.IsVideo == track.IsVideo &&
                (isMainVideo || (track.Entry.IsSame(known.Entry) && known.Timescale == track.Timescale)))
            {
                return target;
            }
        }

        return -1;
    }
}
