namespace Recorder.Node.HyperDeck;

/// <summary>What <see cref="DeckGroupActor"/> needs of the node that it follows recorders of.</summary>
internal interface IDeckGroup
{
    /// <summary>Whether a recorder was of the group when it was last looked at.</summary>
    bool Has(RecorderId recorder);

    Task<GroupLook> LookAsync();

    void Publish(GroupState state, DeckChange change);
}
