## The frame of every page
layout-skip = Skip to the content
layout-demo = Demonstration. The people and records shown here are invented.
layout-language = Language
layout-account = Account
layout-menu = Menu
layout-navigation = Main navigation
layout-breadcrumbs = You are here
layout-footer = Waymark: training, assessment and certification in border management
layout-reference = API reference
pagination-label = Pages of the list
error-summary-title = Some things need to be corrected

## Where one can go
nav-home = Home
nav-activities = Activities
nav-attendance = Attendance
nav-catalogue = Course catalogue
nav-assessments = Assessments
nav-certificates = Certificates
nav-people = People
nav-programme = Programme
nav-frameworks = Competence frameworks
nav-reports = Reports
nav-administration = Administration
nav-audit = Audit trail

## What one can do
action-sign-in = Sign in
action-sign-out = Sign out
action-save = Save
action-cancel = Cancel
action-search = Search
action-filter = Apply filters
action-clear = Clear filters
action-next-page = Next page
action-first-page = First page
action-back = Back
action-continue = Continue
action-add = Add
action-edit = Edit
action-remove = Remove
action-confirm = Confirm
action-send = Send
action-open = Open
action-close = Close
action-print = Print
action-download = Download
action-show-data = Show the figures as a table
action-dismiss = Dismiss

## Shared words
yes = Yes
no = No
required = required
optional = optional
none = None
unknown = Not known
all = All
from = From
until = Until
date = Date
time = Time
place = Place
name = Name
person = Person
unit = Unit
organisation = Organisation
state = State
kind = Kind
reason = Reason
details = Details
actions = Actions
total = Total
language-en = English
language-lv = Latvian
language-be = Belarusian
language-ru = Russian

## States of an activity
state-draft = Draft
state-planned = Planned
state-confirmed = Confirmed
state-in-progress = In progress
state-delivered = Delivered
state-closed = Closed
state-postponed = Postponed
state-suspended = Suspended
state-cancelled = Cancelled

## States of an enrolment
state-nominated = Nominated
state-endorsed = Endorsed
state-reserve = On the reserve list
state-offered = Place offered
state-declined = Declined
state-withdrawn = Withdrawn
state-substituted = Substituted
state-blocked = Blocked
state-attended-full = Attended in full
state-attended-partial = Attended in part
state-no-show = Did not come
state-excused = Excused
state-event-cancelled = Activity cancelled

## States of a certificate
state-valid = Valid
state-renewable = Valid, renewal due
state-expired = Expired
state-revoked = Revoked
state-replaced = Replaced

## Kinds of activities
kind-study-visit = Study visit
kind-bilateral-meeting = Bilateral meeting
kind-expert-meeting = Expert meeting
kind-training-course = Training course
kind-workshop = Workshop
kind-tabletop-exercise = Tabletop exercise
kind-practical-exercise = Practical exercise
kind-joint-operation-deployment = Joint operation deployment
kind-e-learning = E-learning
kind-conference = Conference

## Roles
role-administrator = Administrator
role-coordinator = Training coordinator
role-trainer = Trainer
role-examiner = Examiner
role-manager = Unit commander
role-participant = Participant
role-auditor = Auditor
role-certification-officer = Certification officer
role-finance-officer = Finance officer
role-data-protection-officer = Data protection officer
role-evaluator = Evaluator

## When something goes wrong
problem-what-to-do = What you can do
problem-home = Go to the start page
problem-status = Status
problem-request = Request number
problem-title-400 = The request could not be read
problem-text-400 = The address or the form has something in it that we do not understand.
problem-do-400 = Go back, load the page again and repeat what you did.
problem-title-401 = Please sign in
problem-text-401 = This page is only for people who are signed in. Your session may have ended.
problem-do-401 = Sign in and open the page again.
problem-title-403 = You are not allowed to do this
problem-text-403 = Your role does not include this act, or the page has been open for too long.
problem-do-403 = If you need it for your work, ask your training coordinator or administrator and give them the request number.
problem-title-404 = We cannot find this page
problem-text-404 = There is nothing at this address, or it is not meant for you.
problem-do-404 = Check the address, or find what you need from the start page.
problem-title-405 = This cannot be done here
problem-text-405 = The address exists, but not for this kind of request.
problem-do-405 = Go back and use the buttons of the page.
problem-title-406 = No suitable form of answer
problem-text-406 = Your program asked for a format in which this cannot be given.
problem-do-406 = Open the address in a browser.
problem-title-409 = This is not possible now
problem-text-409 = A rule stands against it. Nothing was changed.
problem-do-409 = Read the reason above, go back, load the page again and decide what fits.
problem-title-412 = Somebody changed this before you
problem-text-412 = Your change was not saved, so that theirs is not lost.
problem-do-412 = Go back, load the page again, look at what is new and repeat your change.
problem-title-413 = This is too large
problem-text-413 = The file or the text is larger than we can take. Nothing was kept.
problem-do-413 = Make the file smaller or split it, and send it again.
problem-title-415 = We cannot take this kind of file
problem-text-415 = What was sent is in a format that is not accepted here.
problem-do-415 = Choose a file of a kind that the form names.
problem-title-422 = Something needs to be corrected
problem-text-422 = Some of what you entered does not fit. Nothing was saved.
problem-do-422 = Go back, correct what is listed above and send the form again.
problem-title-428 = The page was out of date
problem-text-428 = We could not tell which version of the record you changed. Nothing was saved.
problem-do-428 = Load the page again and repeat your change.
problem-title-429 = Too many tries
problem-text-429 = So many requests came from you that we ask you to wait a little.
problem-do-429 = Wait a minute and try again.
problem-title-500 = Something went wrong on our side
problem-text-500 = It is not your fault, and it has been recorded.
problem-do-500 = Try again. If it happens again, tell your administrator the request number.
problem-title-503 = Waymark is not available at the moment
problem-text-503 = We cannot read or save anything for the moment. Nothing of your request was kept.
problem-do-503 = Wait a moment and try again.
