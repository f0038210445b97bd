using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>How a map travels to another node.</summary>
internal sealed partial class FragmentMap
{
    /// <summary>Writes what is known, for another node: its header and where its fragments are, in the order of <see cref="Read"/>.</summary>
    public void Write(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(Header.Bytes.Length);
            writer.Write(Header.Bytes.Span);
            writer.Write(_end);
            writer.Write(_fragments.Count);
            foreach (var fragment in _fragments)
            {
                writer.Write(fragment.Offset);
                writer.Write(fragment.Header);
                writer.Write(fragment.Length);
                writer.Write(fragment.Key);
            }

            foreach (var run in _runs)
            {
                writer.Write(run.Start);
                writer.Write(run.Duration);
                writer.Write(run.LastDuration);
                writer.Write(run.Shown);
            }

            // Behind the rest: nodes of earlier versions read no further.
            writer.Write(KnowsKeys);
            foreach (var fragment in _fragments)
            {
                writer.Write(fragment.Growth);
                writer.Write(fragment.KeyCount);
                for (var key = 0; key < fragment.KeyCount; key++)
                {
                    writer.Write(fragment.KeyAt(key));
                }
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, here or in an earlier version.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static FragmentMap Read(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length is <= 0 or > LongestHeader || !Mp4Header.TryParse(reader.ReadBytes(length), out var header))
        {
            throw new InvalidDataException("That is no map of fragments.");
        }

        var map = new FragmentMap(header!, reader.ReadInt64());
        var fragments = new Fragment[reader.ReadInt32()];
        for (var i = 0; i < fragments.Length; i++)
        {
            fragments[i] = new Fragment(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        }

        var runs = new FragmentRun[fragments.Length * header!.Tracks.Count];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new FragmentRun(reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32(), reader.ReadInt32());
        }

        map.KnowsKeys = reader.BaseStream.Position < reader.BaseStream.Length && reader.ReadBoolean();
        for (var i = 0; i < fragments.Length; i++)
        {
            map.Add(map.KnowsKeys ? ReadKeys(reader, fragments[i]) : fragments[i], runs.AsSpan(i * header.Tracks.Count, header.Tracks.Count));
        }

        return map;
    }

    private static Fragment ReadKeys(BinaryReader reader, Fragment fragment)
    {
        var growth = reader.ReadInt32();
        var keys = new int[reader.ReadInt32()];
        for (var key = 0; key < keys.Length; key++)
        {
            keys[key] = reader.ReadInt32();
        }

        return WithKeys(fragment, keys, growth);
    }
}
