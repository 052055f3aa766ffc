using Linewatch.Jobs.Training;
using Linewatch.Operations;
using Linewatch.Tests.Unit.Operations;

namespace Linewatch.Tests.Unit.Anomalies.Training;

/// <summary>Which model a machine is left with, over the embedded database. A script is words: <c>train</c> adds a model and promotes it,
/// <c>aside</c> adds one without, <c>use3</c> puts version 3 into use, <c>back</c> rolls back.</summary>
public sealed class ModelBookTests : IDisposable
{
    private readonly AlertDesk _desk = new(Line1.Plant);
    private readonly ModelBook _models;

    public ModelBookTests() => _models = new ModelBook(_desk.Fixture.Database, _desk.Clock);

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("train train train back", 2, 1L)]
    [InlineData("train train train back back", 1, null)]
    [InlineData("train train aside back", 1, null)]
    [InlineData("train train aside use3 back back", 1, null)]
    [InlineData("train train back train", 3, 1L)] // what was rolled back from is not gone back to
    [InlineData("train train back train back", 1, null)]
    [InlineData("train train train back train back back", 1, null)]
    public async Task Each_roll_back_goes_one_further_back(string script, long inUse, long? previous)
    {
        await PlayAsync(script);

        ModelUse use = Assert.Single(await _models.InUseAsync(default));
        Assert.Equal((inUse, previous), (use.Version, use.Previous));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("train aside")]
    [InlineData("train train train back back")]
    public async Task With_nothing_further_back_it_is_refused_and_the_model_stays(string script)
    {
        await PlayAsync(script);

        ChangeResult<ModelUse> back = await BackAsync();

        Assert.Equal("there is nothing further back: no kept model of line1/filler was in use before version 1", back.Refusal);
        Assert.Equal(1, Assert.Single(await _models.InUseAsync(default)).Version);
    }

    [Fact]
    public async Task What_a_roll_back_would_bring_is_kept_however_old()
    {
        await PlayAsync("train train train back aside aside aside", kept: 3);

        Assert.Equal([6, 5, 4, 2, 1], (await _models.ListAsync("line1", "filler", default)).Select(model => model.Version));
    }

    /// <summary>Every step of a script must succeed.</summary>
    private async Task PlayAsync(string script, int kept = 10)
    {
        foreach (string word in script.Split(' '))
        {
            if (word is "train" or "aside")
            {
                await AddAsync(promote: word == "train", kept);
                continue;
            }

            ChangeResult<ModelUse> done = word == "back" ? await BackAsync() : await _models.UseAsync("line1", "filler", word[^1] - '0', "mara", "", default);
            Assert.True(done.IsDone, $"{word}: {done.Refusal}");
        }
    }

    private Task<ChangeResult<ModelUse>> BackAsync() => _models.RollBackAsync("line1", "filler", "mara", "too loud", default);

    private Task<DetectorModel> AddAsync(bool promote, int kept) => _models.AddAsync(TestModel.OfFiller, [1], promote, kept, ModelBook.Job, default);
}
