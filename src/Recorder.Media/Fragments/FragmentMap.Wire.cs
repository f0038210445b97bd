using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

internal sealed partial class FragmentMap
{
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
                writer.Write(fragment.HeaderLength);
                writer.Write(fragment.Length);
                writer.Write(fragment.Key);
            }

            foreach (var run in _runs)
            {
                writer.Write(run.Start);
                writer.Write(run.Duration);
                writer.Write(run.LastDuration);
                writer.Write(run.CompositionOffset);
            }

            // The key frames come last: nodes of earlier versions stop reading here.
            writer.Write(KnowsKeys);
            foreach (var fragment in _fragments)
            {
                writer.Write(fragment.SizeTableBytes);
                writer.Write(fragment.KeyCount);
                for (var key = 0; key < fragment.KeyCount; key++)
                    writer.Write(fragment.KeyOffset(key));
            }

            foreach (var run in _runs)
                writer.Write(run.Samples);
        }
    }

    /// <summary>Reads what <see cref="Write"/> of this or an earlier version wrote.</summary>
    public static FragmentMap Read(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length is <= 0 or > Mp4Header.MaxBytes || !Mp4Header.TryParse(reader.ReadBytes(length), out var header))
            throw new InvalidDataException("The answer of the other node is not a map of fragments.");

        var map = new FragmentMap(header!, reader.ReadInt64());
        var fragments = new Fragment[reader.ReadInt32()];
        for (var i = 0; i < fragments.Length; i++)
            fragments[i] = new Fragment(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());

        var runs = new FragmentRun[fragments.Length * header!.Tracks.Count];
        for (var i = 0; i < runs.Length; i++)
            runs[i] = new FragmentRun(reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32(), reader.ReadInt32());

        map.KnowsKeys = reader.BaseStream.Position < reader.BaseStream.Length && reader.ReadBoolean();
        for (var i = 0; i < fragments.Length && map.KnowsKeys; i++)
            fragments[i] = ReadKeys(reader, fragments[i]);

        for (var i = 0; i < runs.Length && reader.BaseStream.Position < reader.BaseStream.Length; i++)
            runs[i] = runs[i] with { Samples = reader.ReadInt32() };

        for (var i = 0; i < fragments.Length; i++)
            map.Add(fragments[i], runs.AsSpan(i * header.Tracks.Count, header.Tracks.Count));

        return map;
    }

    private static Fragment ReadKeys(BinaryReader reader, Fragment fragment)
    {
        var sizeTableBytes = reader.ReadInt32();
        var offsets = new int[reader.ReadInt32()];
        for (var key = 0; key < offsets.Length; key++)
            offsets[key] = reader.ReadInt32();

        return fragment.WithKeys(offsets, sizeTableBytes);
    }
}
