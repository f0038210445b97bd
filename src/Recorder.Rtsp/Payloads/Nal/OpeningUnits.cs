namespace Recorder.Rtsp.Payloads;

/// <summary>With which NAL units the whole access units of a camera begin. After a loss this tells a whole access unit from one whose
/// parameter sets are lost.</summary>
internal sealed class OpeningUnits
{
    // Bits of nal_unit_type.
    private ulong _ofKeys;
    private ulong _ofOthers;

    public bool Any => (_ofKeys | _ofOthers) != 0;

    public void Add(in NalUnit first, bool key)
    {
        if (key)
            _ofKeys |= 1UL << first.Type;
        else
            _ofOthers |= 1UL << first.Type;
    }

    public bool Include(in NalUnit first, bool key)
    {
        var known = key ? _ofKeys : _ofOthers;
        if (known != 0)
            return first.Role == NalRole.Delimiter || (known >> first.Type & 1) != 0;

        return first.Role is NalRole.Delimiter or NalRole.Opening || (!key && first.Role == NalRole.Slice);
    }
}
